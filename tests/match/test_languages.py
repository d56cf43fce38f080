"""Copies in other languages and scripts than English, and unrelated texts in them."""
# ruff: noqa: RUF001, E501 - the texts are of other alphabets, a sentence a line

from __future__ import annotations

import random

import pytest

from scraper.match import compare_texts
from scraper.match.fingerprint import make_keys
from scraper.match.words import read_words
from scraper.model import RelationKind

#: For each language two reports on different matters, sentence by sentence.
REPORTS = {
    "de": (
        (
            "Der Hafenrat von Wennmünde hat am Dienstag beschlossen, den alten Fischmarkt bis Ende März zu schließen.",
            "Ingenieure hatten festgestellt, dass sich der nördliche Kai seit 2019 um elf Zentimeter gesenkt hat.",
            "Bürgermeisterin Inga Solheim nannte den Beschluss den schwersten ihrer Amtszeit.",
            "Rund 140 Menschen arbeiten dort jeden Morgen, viele von ihnen seit Jahrzehnten.",
            "Der Händler Rasmus Dahl will vor dem Landgericht in Altbüren klagen, weil ihm eine Anhörung versprochen worden sei.",
            "Die Kosten für den Umzug in das frühere Straßenbahndepot schätzt die Stadt auf 6,4 Millionen Kronen.",
        ),
        (
            "Die Sternwarte Karrau hat den Kontakt zur Spiegelsteuerung ihres größten Teleskops verloren.",
            "Ein Ersatzteil aus Turin wird nicht vor Juni eintreffen, sagte Direktorin Paula Neri.",
            "Elf Forschungsgruppen aus sieben Ländern müssen ihre Beobachtungen verschieben.",
            "Zwei kleinere Instrumente arbeiten weiter, darunter die Kamera, die 2017 einen Kometen entdeckte.",
            "Eine Werkstatt in Leiden soll die Platine nach alten Zeichnungen nachbauen.",
        ),
    ),
    "ru": (
        (
            "Портовый совет Веннмута во вторник решил закрыть старый рыбный рынок до конца марта.",
            "Инженеры обнаружили, что северный причал просел на одиннадцать сантиметров с 2019 года.",
            "Мэр Инга Сольхейм назвала это решение самым трудным за девять лет своей работы.",
            "Каждое утро на причале трудятся около 140 человек, и за их безопасность никто не мог поручиться.",
            "Торговец Расмус Даль намерен обратиться в областной суд города Ольдби.",
            "Переезд в бывшее трамвайное депо обойдётся городу в 6,4 миллиона крон.",
        ),
        (
            "Астрономы обсерватории Карроу потеряли связь с системой управления главным зеркалом.",
            "Запасная часть из Турина прибудет не раньше июня, сообщила директор Паула Нери.",
            "Одиннадцать научных групп из семи стран перенесут свои наблюдения на осень.",
            "Две небольшие камеры продолжают работать, одна из них открыла комету в 2017 году.",
            "Мастерская в Лейдене восстановит плату по сохранившимся чертежам.",
        ),
    ),
    "ar": (
        (
            "قرر مجلس ميناء فينموث يوم الثلاثاء إغلاق سوق السمك القديم بحلول نهاية شهر مارس.",
            "واكتشف المهندسون أن الرصيف الشمالي هبط أحد عشر سنتيمترا منذ عام 2019.",
            "وقالت رئيسة البلدية إنغريد سولهايم إن القرار هو الأصعب خلال تسع سنوات من عملها.",
            "ويعمل في المكان كل صباح نحو 140 شخصا لم يستطع أحد ضمان سلامتهم.",
            "ويعتزم التاجر راسموس دال رفع دعوى أمام المحكمة الإقليمية في مدينة أولدبي.",
            "وتبلغ تكلفة نقل السوق إلى مستودع الترام السابق 6.4 مليون كرونة وفق تقديرات المدينة.",
        ),
        (
            "فقد علماء الفلك في مرصد كارو الاتصال بجهاز التحكم في مرآة أكبر تلسكوب لديهم.",
            "ولن تصل قطعة الغيار من تورينو قبل يونيو حسب ما ذكرت المديرة باولا نيري.",
            "وتضطر إحدى عشرة مجموعة بحثية من سبع دول إلى تأجيل ليالي الرصد المقررة.",
            "وتواصل كاميرتان صغيرتان العمل وقد اكتشفت إحداهما مذنبا عام 2017.",
            "وطلب المرصد من ورشة في لايدن إعادة صنع اللوحة اعتمادا على الرسوم القديمة.",
        ),
    ),
    "zh": (
        (
            "温茅斯港务委员会周二投票决定，在三月底之前关闭历史悠久的旧鱼市场。",
            "工程师发现，北侧码头自2019年以来已经下沉了十一厘米，情况仍在恶化。",
            "市长英格丽德表示，这是她任职九年来最艰难的一次选择，但没有人能够保证安全。",
            "每天清晨约有140名商贩和搬运工在码头上工作，许多家庭几代人以此为生。",
            "商人拉斯穆斯准备向地区法院提起诉讼，因为当初承诺的听证会从未举行。",
            "市政测量部门估计，把市场迁往旧电车车库需要花费640万克朗。",
        ),
        (
            "卡罗天文台的研究人员与最大望远镜的镜面控制器失去了联系。",
            "台长宝拉说，来自都灵的备用零件最早要到六月才能运抵山顶。",
            "七个国家的十一个科研小组将不得不推迟原定的夜间观测计划。",
            "两台较小的仪器继续运行，其中一台相机曾在2017年发现一颗彗星。",
            "莱顿的一家作坊将根据保存下来的图纸重新制作电路板。",
        ),
    ),
    "th": (
        (
            "สภาท่าเรือเวนน์มัธลงมติเมื่อวันอังคารให้ปิดตลาดปลาเก่าภายในสิ้นเดือนมีนาคม",
            "วิศวกรพบว่าท่าเทียบเรือด้านเหนือทรุดตัวลงสิบเอ็ดเซนติเมตรตั้งแต่ปี 2019",
            "นายกเทศมนตรีอิงกริดกล่าวว่านี่เป็นการตัดสินใจที่ยากที่สุดในรอบเก้าปีของการทำงาน",
            "ทุกเช้ามีคนทำงานที่นั่นราว 140 คนและไม่มีใครรับประกันความปลอดภัยของพวกเขาได้",
            "พ่อค้าราสมุสเตรียมยื่นฟ้องต่อศาลภูมิภาคเพราะไม่เคยมีการรับฟังความเห็นตามที่สัญญาไว้",
            "การย้ายตลาดไปยังโรงเก็บรถรางเดิมจะใช้งบประมาณหกล้านสี่แสนโครน",
        ),
        (
            "หอดูดาวคาร์โรว์ขาดการติดต่อกับระบบควบคุมกระจกของกล้องโทรทรรศน์ขนาดใหญ่ที่สุด",
            "ผู้อำนวยการเปาลาระบุว่าอะไหล่จากเมืองตูรินจะมาถึงไม่ก่อนเดือนมิถุนายน",
            "นักวิจัยสิบเอ็ดกลุ่มจากเจ็ดประเทศต้องเลื่อนการสังเกตการณ์ออกไป",
            "เครื่องมือขนาดเล็กสองชิ้นยังทำงานได้และหนึ่งในนั้นเคยค้นพบดาวหางเมื่อปี 2017",
            "โรงงานในเมืองไลเดนจะสร้างแผงวงจรขึ้นใหม่จากแบบร่างเดิม",
        ),
    ),
}
LANGUAGES = sorted(REPORTS)


def text_of(sentences: tuple[str, ...]) -> str:
    """The sentences as an article."""
    return "\n\n".join(sentences)


def lightly_edited(sentences: tuple[str, ...], seed: int) -> str:
    """The article with one sentence gone, and one name or number of another changed."""
    rng = random.Random(seed)  # noqa: S311 - texts, no secrets
    kept = list(sentences)
    del kept[rng.randrange(1, len(kept))]
    place = rng.randrange(len(kept))
    kept[place] = kept[place].replace("2019", "2018").replace("140", "150")
    return text_of(tuple(kept))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verbatim_copy_is_found_in_every_language(language: str) -> None:
    """Copies are copies, and bear the same keys."""
    for report in REPORTS[language]:
        text = text_of(report)
        relation = compare_texts(text, f" {text} ", language_a=language)
        assert relation is not None
        assert relation.kind is RelationKind.IDENTICAL
        assert make_keys(read_words(text), None) == make_keys(read_words(f" {text} "), None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cut_is_found_in_every_language(language: str) -> None:
    """The first two sentences of six are an excerpt, and share a containment key or a title."""
    report = REPORTS[language][0]
    relation = compare_texts(
        text_of(report[:3]), text_of(report), title_a=report[0], title_b=report[0]
    )
    assert relation is not None
    assert relation.kind in {RelationKind.EXCERPT_OF, RelationKind.NEAR_DUPLICATE}
    assert relation.coverage_a == 1
    assert relation.coverage_b < 0.6
    assert relation.links


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(4))
def test_a_lightly_edited_copy_is_found_in_every_language(language: str, seed: int) -> None:
    """A sentence less and a figure changed leave a copy."""
    report = REPORTS[language][0]
    relation = compare_texts(text_of(report), lightly_edited(report, seed))
    assert relation is not None
    assert relation.links
    assert relation.coverage_b > 0.8


@pytest.mark.parametrize("language", LANGUAGES)
def test_unrelated_texts_of_one_language_have_no_relation(language: str) -> None:
    """Common words and letters do not make a copy, in any script."""
    one, other = REPORTS[language]
    assert compare_texts(text_of(one), text_of(other)) is None


#: A form in each language: its blanks are filled in with other facts each time.
FORMS = {
    "de": "Wetter in {}: Am {}. Juni werden bis zu {} Grad erwartet, nachts {} Grad. Der Wind weht "
    "mit {} km/h aus {}. Die Regenwahrscheinlichkeit liegt bei {} Prozent. Autofahrer sollten sich "
    "vor der Fahrt über die Lage informieren und den Hinweisen der Behörden folgen.",
    "ru": "Погода в городе {}: {} июня ожидается до {} градусов тепла, ночью {} градусов. Ветер {} "
    "метров в секунду, направление {}. Вероятность дождя составит {} процентов. Водителям следует "
    "перед поездкой проверить обстановку и выполнять указания местных служб.",
    "ar": "الطقس في {}: يتوقع أن تبلغ الحرارة يوم {} يونيو نحو {} درجة وليلا {} درجات. وتهب الرياح "
    "بسرعة {} كيلومترا من جهة {} وتبلغ فرصة هطول المطر {} بالمئة. وعلى السائقين التحقق من الأحوال "
    "قبل السفر واتباع تعليمات السلطات المحلية.",
    "zh": "{}天气：六月{}日最高气温{}度，夜间最低{}度，风速每小时{}公里，风向{}，降雨概率百分之{}。"
    "气象部门提醒驾车人士出行前查看路况，并遵守当地有关部门的指引。",
    "th": "อากาศที่{} วันที่ {} มิถุนายน อุณหภูมิสูงสุด {} องศา กลางคืน {} องศา ลมพัดด้วยความเร็ว {} "
    "กิโลเมตรต่อชั่วโมงจากทิศ{} โอกาสฝนตก {} เปอร์เซ็นต์ ผู้ขับขี่ควรตรวจสอบสภาพเส้นทางก่อนเดินทาง",
}
PLACES = {
    "de": ("Graz", "Lommel", "Altbüren", "Osten", "Westen"),
    "ru": ("Ольдби", "Карроу", "Лейден", "восточное", "западное"),
    "ar": ("أولدبي", "كارو", "لايدن", "الشرق", "الغرب"),
    "zh": ("奥德比", "卡罗山", "莱顿城", "东", "西"),
    "th": ("ออลด์บี", "คาร์โรว์", "ไลเดน", "ตะวันออก", "ตะวันตก"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_filled_in_forms_are_not_copies_in_any_language(language: str) -> None:
    """Notices with other figures stay apart, also where a script has no capitals."""
    rng = random.Random(language)  # noqa: S311 - texts, no secrets
    notices = []
    for number in range(8):
        city, wind = PLACES[language][number % 3], PLACES[language][3 + number % 2]
        figures = [str(number * 7 + rng.randrange(7)) for _ in range(5)]
        notices.append(FORMS[language].format(city, *figures[:3], figures[3], wind, figures[4]))
    for place, one in enumerate(notices):
        for other in notices[place + 1 :]:
            relation = compare_texts(one, other, title_a="Wetter heute", title_b="Wetter heute")
            assert relation is None or not relation.links
