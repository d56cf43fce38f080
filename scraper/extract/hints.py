"""What class names, ids, roles and phrases say of a block: the room's vocabulary, in one place.

Class names are matched as written by publishers, lower-cased, with a space before and after.
Names are guesses about intent, so nothing here decides alone: ``text.py`` takes a verdict back
where it would hide most of a page.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re

#: What an alternative asserts at its start, and the character that is sure to stand there.
_OPENING = re.compile(r"(\\b|\(\?<!\\S\))?([a-z-])(?![?*{])")


def by_initial(alternatives: str) -> re.Pattern[str]:
    """A pattern that finds what the alternatives find, several times as fast.

    Python's engine tries each alternative at each character. Grouped by their first letters it
    passes over most of them at once, and over whole stretches where each one has a first letter:
    so an assertion before it is asked behind it.
    """
    groups: dict[str, list[str]] = {}
    for alternative in _split_top(alternatives):
        opening = _OPENING.match(alternative)
        asserted, initial = opening.groups("") if opening else ("", "")
        behind = f"(?<={asserted}{initial})" if asserted else ""
        rest = alternative[len(asserted) + len(initial) :]
        groups.setdefault(initial, []).append(behind + rest)
    return re.compile(
        "|".join(f"{initial}(?:{'|'.join(rests)})" for initial, rests in groups.items())
    )


def _split_top(alternatives: str) -> list[str]:
    """The alternatives of a pattern, split at the bars outside brackets."""
    parts, depth = [""], 0
    for letter in alternatives:
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


#: Boxes that are not the article's own text.
NOT_TEXT = by_initial(
    r"comment(?!ary)|disqus|newsletter|news-letter|subscri(?!ber-only-content)|signup"
    r"|sign-up|signin|log-?in\b"
    r"|paywall|regwall|dsgvo|metered|piano|cookie|consent|gdpr|onetrust|didomi"
    r"|related|recommend|read-?more|more-?(?:stories|articles|news|posts|from|on)\b"
    r"|also-?read|read-?also|read-?next"
    r"|see-?also|most-?(?:read|popular|viewed)|popular|trending|recirc|outbrain"
    r"|taboola|yarpp|teaser-?(?:list|box|group)|mehr-zum|lee-tambien"
    r"|shar(?:e|ing)\b|share-|-share|sharedaddy|sharethis|addthis|addtoany|social(?!-?(?:ism"
    r"|ist|text))|follow-?us|a2a_"
    r"|breadcrumb|pagination|pager\b|nav(?:bar|igation)?\b|nav-|-nav|menu\b|menu-|sitenav"
    r"|toolbar|skip-?link"
    r"|foot(?:er)?\b|footer|masthead|site-?header|page-?header|top-?bar"
    r"|sidebar|side-bar|widget(?!-?(?:text|content|article))|promo(?!ted)|sponsor(?!ed-by)"
    r"|advert|\bads?\b|\bad-|-ad\b|-ads\b|adsby|banner|dfp|gpt-"
    r"|about-?(?:the-?)?author|author-?(?:box|bio|info|card|profile|description|details|block)"
    r"|bio\b|biograph|byline|by-line|dateline"
    r"|disclaimer|copyright|legal|boilerplate"
    r"|caption|credit\b|credits\b|photo-?credit|image-?meta|gallery|slideshow|carousel|slider"
    r"|\btags?\b|tag-?(?:list|cloud|links)|post-?tags|article-?tags|topics?-?list|categor(?:y"
    r"|ies)-?(?:list|links)|entry-?meta|post-?meta|article-?meta|meta-?(?:data|info)"
    r"|entry-utility"
    r"|print-?only|visually-?hidden|screen-?reader|sr-only|noprint"
    r"|(?<!\S)hidden(?!\S)|(?<!\S)is-hidden(?!\S)|(?<!\S)u-hidden(?!\S)|(?<!\S)hide(?!\S)"
    r"|hide-?on|modal|popup|pop-up|overlay|tooltip|dropdown|lightbox"
    r"|rating|review-?form|reply|respond\b|poll\b|quiz\b|survey|donat|support-?us|membership"
    r"|toc\b|table-of-contents|audio-?player|player\b|video-?(?:player|wrap|list|meta)|ticker"
    r"|weather|tts\b|listen"
    r"|feedback|contact-?form|app-?(?:store|download|promo)|inline-?promo"
    r"|cta\b|call-to-action|up-?next|next-?(?:post|article)|prev(?:ious)?-?(?:post|article)"
    r"|post-?nav"
    r"|fact-?box|info-?box|instagram-media"
    r"|mw-editsection|footnote|navbox|catlinks|metadata"
)

#: Of these, the ones that never lie: whatever they hold is not the article.
NEVER_TEXT = re.compile(
    r"onetrust|didomi|cookie|consent|gdpr|dsgvo|newsletter|regwall| disqus| taboola| outbrain"
    r"|popup| comments?[ _-]|comment-?list|commentsection| related|recommend| footer "
)

#: Names that hold NOT_TEXT's words but are the page's main parts.
STILL_TEXT = re.compile(
    r"article-?body|post-?body|story-?body|entry-?content|post-?content|article-?content"
    r"|article__body|article__content"
    r"|body-?text|body-?content|main-?content|content-?body|has-sidebar|with-sidebar"
    r"|no-sidebar|articlebody|page-content"
    r"|sidebar-(?:right|left|none|position)|nav-(?:open|closed|fixed)|single-post|hentry"
    r"|type-post|article-text|story-content"
)

#: Boxes named as the body of an article.
BODY = re.compile(
    r" (?:[\w-]*?[_-]{1,2})?(?:article|story|post|entry|news|body|artikel|detail|content"
    r"|main)?[_-]{0,2}"
    r"(?:articlebody|article[_-]{0,2}(?:body|content|text|copy|main|paragraphs|richtext)"
    r"|story[_-]{0,2}(?:body|content|text)"
    r"|post[_-]{0,2}(?:body|content|text|entry)|entry[_-]{0,2}(?:content|body|text)"
    r"|news[_-]{0,2}(?:body|content|text)"
    r"|body[_-]{0,2}(?:text|copy|content|description)|rich[_-]?text|artikel[_-]{0,2}(?:text"
    r"|body|inhalt|content)"
    r"|content[_-]{0,2}(?:body|text|article)|paragraphs|texto|cuerpo|td-post-content"
    r"|single[_-]content|story|noticia)"
    r"(?:[_-]{1,2}[\w-]*)? "
)

#: Roles (WAI-ARIA) of what is around an article.
ROLES = frozenset(
    "navigation banner contentinfo complementary search menu menubar toolbar dialog alertdialog "
    "alert tooltip tablist form".split()
)

#: Openings of blocks that ask for something instead of telling: newsletters, subscriptions,
#: consent, following, comments. Only short blocks are judged by them.
PROMPT = re.compile(
    r"\W{0,3}(?:sign[ -]?up (?:to|for|here|now|today)|subscribe\b|join (?:us|our|now"
    r"|the conversation)|get (?:the|our|all the) (?:\w+ ){0,4}(?:newsletter|inbox|app)"
    r"|register (?:now|for free|to|/)|create an account|hat ihnen (?:dieser|der) artikel gefallen"
    r"|access articles from|get email updates|enjoy additional articles"
    r"|log ?in\b|sign in\b|already a (?:subscriber|member)"
    r"|become a (?:member|subscriber)|start your (?:free )?trial"
    r"|follow (?:us|\w+ on (?:twitter|facebook|instagram|x))|like us on|share (?:this|on"
    r"|via)\b|click here to|download (?:the|our) app|listen to this|advertisement\b|anzeige\b"
    r"|publicidad\b|werbung\b|publicité\b"
    r"|(?:please )?(?:enable|turn on) javascript|we use cookies|this (?:site"
    r"|website) uses cookies|support (?:our|quality|independent) journalism"
    r"|story continues below|article continues below|continue reading|keep reading|load more"
    r"|show more|read the full (?:story|article)"
    r"|abonnez-vous|inscrivez-vous|recevez (?:notre|la|toute)|s'abonner|suivez[- ]nous"
    r"|suscr[ií]bete|reg[ií]strate|s[ií]guenos|inscreva-se|assine\b|siga-nos|iscriviti"
    r"|abbonati|seguici|jetzt (?:abonnieren|anmelden|registrieren)|abonnieren sie"
    r"|melden sie sich|newsletter\b|folgen sie uns|meld je aan|schrijf je in|подпис(?:ыва"
    r"|аться|ывай)|подпишит|читайте нас|следите за)",
    re.IGNORECASE,
)

#: What such a block says elsewhere than at its opening, in lower case.
ASKING = by_initial(
    r"stay up[- ]to[- ]date with|newsletter[.!]?$|to our (?:free )?(?:daily |weekly )?newsletter"
    r"|for our (?:free )?(?:daily |weekly )?newsletter|in your inbox|straight to your inbox"
    r"|all rights reserved|tous droits réservés|alle rechte vorbehalten"
    r"|todos los derechos reservados"
)

#: Openings of a byline; whether it is one, a date in the same line decides.
BYLINE = re.compile(r"(?:by|von|par|por|di|da|door|av|af|przez|автор)\s*:?\s+\w", re.IGNORECASE)

#: Ends of a caption that no tag marks as one: who took the picture.
CREDIT = re.compile(
    r"(?:\b(?:Bildrechte|Bildquelle|Foto|Fotos|Photo|Photos|Photograph|Picture|Image|Crédit|Credit)"
    r"\s*(?:credit|by|courtesy)?\s*[:©/]|©"
    r"|\([^()]*/(?:AFP|AP|Reuters|Getty)[^()]*\))\s*[^.:!?]{2,60}$"
)

#: Openings of a pointer to another article, in the languages seen.
ALSO_READ = re.compile(
    r"^\W{0,4}(?:(?:also |must[- ])?read(?: also| more| next)?\s*[:|–—-]|read (?:also|more"
    r"|next|the full)\b|also read\b|see also\b|more on this|more (?:from|on|about|stories"
    r"|coverage)\b.{0,60}$|related(?: (?:articles?|stor(?:y|ies)|news|topics?|content|posts?"
    r"|links?|coverage|reading|video))?\s*(?:[:|–—-]|$)|recommended(?: for you)?\s*(?:[:|]|$)"
    r"|you (?:may|might) (?:also )?(?:like|be interested)|(?:editor'?s|our) picks?\b"
    r"|don'?t miss\b|watch\s*[:|]|watch (?:now|more|the video)\b|listen\s*[:|]"
    r"|trending(?: now)?\s*[:|]?$|most (?:read|popular)|up next|photos?:|in (?:pics|pictures"
    r"|photos)\b|must[- ]watch|what to read next"
    r"|(?:à )?lire (?:aussi|également|plus|la suite)|à lire\b|lire\s*:|voir (?:aussi"
    r"|également)|sur le même sujet|lee (?:también|además|más)|le(?:er|a) (?:también|más|mas"
    r"|ainda|também|mais)\b|ver (?:también|más|também)|te puede interesar|(?:le"
    r"|les) puede interesar|vea (?:también|además)|mira también|también (?:puedes|te)"
    r"|veja (?:também|mais)|saiba mais|confira (?:também|mais)?\b.{0,40}$|relacionad[ao]s?\b"
    r"|leggi (?:anche|qui)|guarda anche|approfondisci|potrebbe interessarti"
    r"|lesen sie (?:auch|hier|mehr)|auch interessant|mehr zum thema|mehr (?:dazu|lesen)\b"
    r"|lesetipp|zum thema\b|weiterlesen|siehe auch|das könnte sie|passend dazu|hier lesen"
    r"|lees (?:ook|meer|verder)|bekijk ook|kijk ook|läs (?:också|mer|även)|les (?:også|mer)"
    r"|læs (?:også|mere)|lue (?:myös|lisää)|czytaj (?:także|też|również|więcej)"
    r"|zobacz (?:także|też|również)|čtěte také|olvasd el|citiți și|citește și|прочитайте также"
    r"|чита(?:йте|ть) (?:также|ещё|еще|далее)|смотрите также|по теме|читайте також"
    r"|ayrıca (?:bakınız|okuyun)|baca juga|simak juga|xem thêm|đọc thêm"
    r"|相关阅读|相關|延伸閱讀|推荐阅读"
    r"|もっと読む|関連記事|あわせて読みたい|관련 ?기사)",
    re.IGNORECASE,
)

#: How a sentence ends, with what may close behind it.
SENTENCE_END = re.compile(r"[.!?…。！？।؟][)\]\"'”’»“]*$")

#: What heads the paragraphs that a company or an author writes of itself.
ABOUT = re.compile(
    r"(?i:about|über|à propos (?:de|d['’])|acerca de|sobre|informazioni su|over|om)\s+"
    r"(?:(?i:the|die|das|den|la|el|o|a)\s+)?[A-ZÄÖÜÉ][^?]{1,40}$"
)

#: Headings after which an article's text is over.
END_HEADING = re.compile(
    r"^\W{0,3}(?:related(?: \w+){0,2}|recommended(?: \w+){0,2}|more (?:from|on|stories|news"
    r"|articles|like this)\b.{0,40}|you (?:may|might) (?:also )?like\b.{0,20}|read (?:more"
    r"|next|also)\b.{0,20}|latest (?:news|stories|articles|posts)|popular(?: \w+)?"
    r"|explore further|most (?:read|popular|viewed)\b.{0,20}|trending\b.{0,12}"
    r"|comments?(?: \(?\d+\)?)?"
    r"|\d+ (?:comments?|replies|kommentare|comentarios|commentaires|responses?"
    r"|thoughts on.{0,80})|leave a (?:reply|comment)\b.{0,20}|join the (?:discussion"
    r"|conversation)|post a comment|about the authors?|share this\b.{0,20}|tags|advertisement"
    r"|mehr zum thema|das könnte (?:sie|dich) .{0,30}|weitere (?:artikel|themen|nachrichten"
    r"|meldungen)|kommentare?|ähnliche (?:artikel|beiträge)|meistgelesen.{0,20}"
    r"|sur le même (?:sujet|thème)|à lire (?:aussi|également)|articles? (?:liés|similaires"
    r"|connexes)|commentaires?|(?:noticias|artículos|contenidos?|notas) relacionad[ao]s"
    r"|comentarios?|te puede interesar|leia (?:também|mais)|veja também|comentários"
    r"|notícias relacionadas|leggi anche|articoli correlati|commenti|lees (?:ook|verder|meer)"
    r"|reacties|läs (?:också|mer)|czytaj także|zobacz (?:także|też)|komentarze|читайте также"
    r"|комментарии|похожие .{0,20}|相关.{0,6}|評論|コメント|関連.{0,6})\W{0,3}$",
    re.IGNORECASE,
)

#: Names of a standfirst; a hash that a build step appends follows some of them.
LEAD = re.compile(
    r"lead(?:-?text|-?paragraph|in)?(?![a-z])|(?<![a-z])dek(?![a-z])|standfirst|summary"
    r"|intro(?:duction)?(?![a-z])|chapo"
    r"|teaser|abstract|description|sub-?title|sub-?head|bajada|entradilla|vorspann|ingress"
    r"|manchet|perex|sapo|lide"
)

#: What a closing plug names: where else the publication is to be had.
PLUG = re.compile(
    r"full coverage|your feedback|feedback zu|moderating comments|https?://\S+\s*$"
    r"|newsletter|whats ?app|telegram|instagram|facebook|twitter|tiktok|google news|podcast"
    r"|app ?store|google play|news-?app|subscri|abonn|suscr|assin|iscriv",
    re.IGNORECASE,
)
