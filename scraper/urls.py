"""What is known of an address without asking for it: its clean form, its page, its site, its host.

Rule 1: nothing here touches the network or the disk's caches; the public suffix list is the copy
that tldextract ships.
Rule 2: ``normalise_url`` is for showing and asking, and changes nothing that a server could tell
apart. ``page_key`` is for recognising, and is never shown nor asked for.
Rule 3: ``normalise_url`` takes any text; the others take what it gave, and raise ValueError for
what is no http(s) URL.

Parsing follows the WHATWG URL Standard (https://url.spec.whatwg.org/), as browsers do.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import IPv4Address
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes

from ada_url import URL, HostType

if TYPE_CHECKING:
    from tldextract import TLDExtract

#: Longest URL taken, in characters. RFC 9110, section 4.1, asks everyone to support 8,000 octets at
#: least; the sitemap protocol's 2,048 would refuse percent-encoded Thai or Hindi headlines.
MAX_URL_LENGTH = 8_000

#: Addresses whose key and site are remembered: each is asked for several times while its article
#: is filed, and again with its story's. About 4 MB; a guess.
_KEYS_AT_HAND = 10_000

#: Redirectors inside redirectors that are undone; a guess.
_MOST_WRAPPED = 3

_DEFAULT_PORTS = {"http:": "80", "https:": "443"}

# --- tracking parameters: one reviewed table ------------------------------------------------------
#
# The vendors' and publishers' own names, compared with the tables of miniflux
# (internal/reader/urlcleaner, at 0490a851) and with Neat URL's default categories. Each name was
# asked one question: may a news site choose its content by a parameter of this name? Where one may,
# it is left out: `cid`, `sid`, `ref`, `source`, `s`, `t` and `from` stand on such lists, and are
# story, section and session numbers elsewhere. Names are compared in lower case.

_TRACKING_PREFIXES = (
    "utm_",  # Urchin, Google Analytics: https://en.wikipedia.org/wiki/UTM_parameters
    "mtm_",  # Matomo: https://matomo.org/faq/reports/common-campaign-tracking-use-cases-and-examples/
    "matomo_",
    "pk_",  # Matomo under its first name, Piwik
    "piwik_",
    "gad_",  # Google Ads, since 2023: gad_source, gad_campaignid
    "itm_",  # internal campaigns, by analogy with utm_
    "hmb_",  # Humble Bundle
    "hsa_",  # HubSpot Ads
    "at_",  # Piano Analytics, formerly AT Internet: at_medium, at_campaign, at_custom1
    "ns_",  # Comscore: ns_mchannel, ns_source, ns_campaign (the BBC's feeds bear them)
    "wt_",  # Webtrekk, now Mapp: wt_mc, wt_zmc (heise, Zeit)
    "wt.",  # Webtrends: WT.mc_id
    "vero_",  # Vero e-mail
    "oly_",  # Omeda Olytics
    "elqtrack",  # Oracle Eloqua: elqTrack, elqTrackId
    "ml_subscriber",  # MailerLite: ml_subscriber, ml_subscriber_hash
    "guce_",  # Yahoo's consent walls: guce_referrer, guce_referrer_sig
    "amp_",  # the AMP viewer: amp_js_v, amp_gsa
    "__cft__",  # Facebook: __cft__[0]
)

_TRACKING_NAMES_BY_ORIGIN = {
    "Facebook, Instagram, Threads": "fbclid fb_action_ids fb_action_types fb_comment_id fb_ref"
    " fb_source fbc_id mibextid sfnsn __tn__ action_object_map action_ref_map action_type_map"
    " igsh igshid xmt",
    "Google": "gclid gclsrc dclid gbraid wbraid srsltid usqp _ga _gl ga_source ga_medium"
    " ga_campaign ga_term ga_content campaign_id campaign_name campaign_medium campaign_source"
    " campaign_term campaign_content",
    "Microsoft": "msclkid ocid",
    "Yandex": "yclid ysclid _openstat",
    "Twitter": "twclid ref_src ref_url __twitter_impression",
    "LinkedIn": "li_fat_id trk trkcampaign",
    "TikTok, Reddit, Pinterest, Snapchat": "ttclid rdt_cid epik scclid",
    "Mailchimp": "mc_cid mc_eid mc_tc",
    "HubSpot": "_hsenc _hsmi __hssc __hstc __hsfp hsctatracking",
    "other newsletters: Marketo, Drip, Klaviyo, Beehiiv, Adobe, New Republic": "mkt_tok __s _ke _kx"
    " _bhlid sc_cid nr_email_referer",
    "advertising: Adobe, Wicked Reports, Outbrain, Taboola, Impact, Awin, Branch": "s_cid s_kwcid"
    " ef_id wickedid dicbo oborigurl tblci irclickid irgwc zanpid awc rb_clickid clickid click_id"
    " aftr_source _branch_match_id _branch_referrer",
    "Guardian": "cmp",
    "Bloomberg, Condé Nast, HuffPost": "cmpid mbid ncid",
    "New York Times": "smid smtyp emc",
    "CBS, Reuters": "ftag taid feedtype feedname",
    "Yahoo, MSN": "soc_src soc_trk guccounter tsrc .tsrc srcref",
    "AT Internet's older name, Le Monde and others": "xtor",
    "sharing: Alibaba (also NetEase, Sina), AddThis, Readwise": "spm share_source share_medium"
    " share_from sr_share __readwiselocation",
    "Blogger, WordPress: the same page at a comment": "showcomment replytocom",
    "session numbers, in links for readers without cookies": "phpsessid jsessionid",
}
_TRACKING_NAMES = frozenset(
    name for names in _TRACKING_NAMES_BY_ORIGIN.values() for name in names.split()
)

#: What single publishers add to their own addresses, by registrable domain: names that elsewhere
#: choose content. Read off their feeds, newsletters and share buttons.
_TRACKING_NAMES_BY_SITE = {
    site: frozenset(names.split())
    for site, names in {
        "nytimes.com": "_r action algo bgrp bicmp bicmst block contentcollection fellback hp imp_id"
        " impression_id index inline mabreward module partner pgtype pool region req_id"
        " searchresultposition sgrp smprod src surface te unlocked_article_code variant version"
        " wt.nav wt.z_sma",
        "washingtonpost.com": "itid nid no_nav noredirect postshare pwapi_token tid wprss",
        "wsj.com": "mg mod reflink st",
        "bloomberg.com": "accesstoken leadsource sref srnd",
        "economist.com": "fsrc giftid scode",
        "ft.com": "accesstoken ftcamp segmentid sharetype",
        "theguardian.com": "camp clickref fb_ref ins_ref source utm",
        "cnn.com": "cid eref hpt iref iid sr",
        "dailymail.co.uk": "ito",
        "huffpost.com": "guccounter ir icid",
        "forbes.com": "sh ss",
        "reuters.com": "feedname feedtype il rpc videochannel virtualbrandchannel",
        "spiegel.de": "sara_ecid sara_ref",
        "bbc.co.uk": "intlink_from_url link_location ocid",
        "bbc.com": "intlink_from_url link_location ocid",
        "youtube.com": "ab_channel feature pp si",
        "indiatimes.com": "from mdr",
        "usatoday.com": "gnt-cfr gca-cat gca-uir gca-epti gca-ft gca-ds",
    }.items()
}

#: Names that sometimes choose content (`ref=main`, `source=42`) and sometimes tell where the reader
#: came from. Ghost and others put their own host name there, feeds the word "rss".
_REFERRER_NAMES = frozenset({"ref", "referrer", "source", "src", "from", "origin", "partner"})
_REFERRER_VALUE = re.compile(r"rss|feed|(?:[a-z0-9-]+\.)+[a-z]{2,}/?", re.IGNORECASE)

# --- renderings of one page -----------------------------------------------------------------------

#: Labels before the registrable domain that name a rendering, not a place: en.m.wikipedia.org.
_RENDERING_LABELS = frozenset({"www", "m", "mobile", "amp"})

#: Path segments that name a rendering wherever they stand: /amp/x (ABC), /news/amp/x (BBC), /x/amp
#: (WordPress), /amphtml/x (Yahoo).
_AMP_SEGMENTS = frozenset({"amp", "amphtml"})
#: x.amp (Fox), x.amp.html (New York Times)
_AMP_SUFFIX = re.compile(r"(?<=.)(?:\.amp(?:\.html?)?)*\.amp(?=(?:\.html?)?\Z)")
#: Parameters that say "amp" by their value: outputType=amp (Washington Post), view=amp.
_AMP_SWITCHES = frozenset({"outputtype", "output", "view", "mode", "type"})
#: Copies in Google's caches: the path goes on with the publisher's own host and path.
#: https://developers.google.com/amp/cache/amp-cache-urls
_AMP_CACHE = re.compile(
    r"https?://(?:[^/?]+\.cdn\.ampproject\.org(?::\d+)?/[acv]|(?:www\.)?google\.[a-z.]+/amp)"
    r"(?:/s)?/([^/?]+\.[^/?]+(?:[/?].*)?)"
)

#: Not segments at all; folding may leave them behind.
_EMPTY_SEGMENTS = frozenset({"", ".", ".."})
#: Redirectors and share buttons that bear the page's own address in a parameter. News comes by
#: these: the feeds of Google Alerts and Bing News name nothing else.
_REDIRECTORS = re.compile(
    r"https?://(?:"
    r"(?:www\.)?google\.[a-z.]{2,6}/url\?(?:[^#]*&)?(?:url|q)"
    r"|(?:www\.)?bing\.com/news/apiclick\.aspx\?(?:[^#]*&)?url"
    r"|(?:(?:www|m)\.)?facebook\.com/(?:sharer|sharer/sharer|share)\.php\?(?:[^#]*&)?u"
    r"|lm?\.(?:facebook|instagram)\.com/(?:l\.php)?\?(?:[^#]*&)?u"
    r"|(?:www\.)?(?:twitter|x)\.com/(?:intent/tweet|share)\?(?:[^#]*&)?url"
    r"|(?:www\.)?linkedin\.com/(?:shareArticle|sharing/share-offsite/?)\?(?:[^#]*&)?url"
    r"|t\.umblr\.com/redirect\?(?:[^#]*&)?z"
    r"|out\.reddit\.com/[^?#]*\?(?:[^#]*&)?url"
    r"|vk\.com/away\.php\?(?:[^#]*&)?to"
    r")=(https?(?::|%3A)[^&#]+)",
    re.IGNORECASE,
)
#: What no URL holds unescaped, and what stands behind it: the markup after an unclosed attribute.
_MARKUP = re.compile(r"""<[/a-zA-Z!].*|<$|["']>.*|"$|\]\]>.*""", re.DOTALL)
_CDATA = "<![CDATA["
#: A second address written right behind the first: "https://example.org/newshttps://example.org/".
#: Behind a slash it is an archive's path, behind "=" a parameter.
_GLUED = re.compile(r"(?<=[\w-])https?:[/\\]{2}.*", re.IGNORECASE | re.DOTALL)

_INDEX = re.compile(r"index\.(?:html?|shtml|php|jsp|aspx?)|default\.(?:html?|aspx?)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^;]*", re.IGNORECASE)  # Java servlets, in the path

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
#: Zero-width space and byte order mark: no white space to str.strip, and invisible all the same.
_INVISIBLE = "\u200b\ufeff"

#: An IPv4 address spelt as IPv6 (RFC 4291, section 2.5.5.2), as the parser writes it. It is dialled
#: as IPv4, so it is the same host: a server that redirects to this spelling is asked no sooner.
_MAPPED = re.compile(r"\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]")

# RFC 3986: besides the unreserved characters, what may stand unescaped in a path segment (pchar),
# and in a name or value of a query, where "&", "=" and "+" have meanings of their own.
_PATH_SAFE = "!$&'()*+,;=:@~"
_QUERY_SAFE = "!$()*,;:@/?~"


def normalise_url(url: str, base: str | None = None) -> str | None:
    """The absolute http(s) URL as it is shown and asked for; ``None`` where there is none.

    Relative URLs are joined to ``base``; without one, "//name/path" is taken as https. Control
    characters and outer white space are dropped, as are the fragment and a default port; names
    become lower case and punycode; dot segments are resolved. Refused: other schemes, a user name
    or password, a host that no look-up could find, and more than MAX_URL_LENGTH characters. Markup
    and a second address that follow without a break are cut off. Never raises.
    """
    parsed = _parse(url, base)
    return parsed.href if parsed and len(parsed.href) <= MAX_URL_LENGTH else None


@lru_cache(maxsize=_KEYS_AT_HAND)
def page_key(url: str) -> str:
    """The key that all URLs of one page share: "example.org/2024/story?id=7".

    Left out are the scheme, ports 80 and 443, the labels www, m, mobile and amp, AMP variants and
    Google's AMP caches, redirectors, tracking parameters, index pages, trailing and doubled
    slashes. Escapes are made uniform, parameters sorted, also those of one name. Other ports and
    all other parameters stay, and letter case in path and query.
    ``page_key("https://" + key) == key``.
    Raises ValueError for what is no http(s) URL.
    """
    key = _fold(_require(url))
    while (again := _fold(_require(f"https://{key}"))) != key:  # folding may bare what folds again
        key = again
    return key


@lru_cache(maxsize=_KEYS_AT_HAND)
def site_of(url: str) -> str:
    """The registrable domain, private suffixes included: "bbc.co.uk", "alice.github.io".

    For an IP address or a single label it is "name:port", the port always written. A public
    suffix's own host ("github.io") is a site of that name; under a suffix that the list does not
    know, the last two labels are. Raises ValueError for what is no http(s) URL.
    """
    parsed = _require(url)
    return _registrable_domain(parsed) or f"{_name(parsed)}:{_port(parsed)}"


def unwrap_url(url: str) -> str:
    """The page's own address where this one is a redirector's or share button's link to it.

    ``url`` and what comes back are normalised; other addresses come back as they are.
    """
    for _ in range(_MOST_WRAPPED):
        wrapped = _REDIRECTORS.match(url)
        inner = normalise_url(unquote(wrapped[1])) if wrapped else None
        if inner is None:
            break
        url = inner
    return url


def host_of(url: str) -> str:
    """Scheme, name and port as dialled, the port always written: "https://example.org:443".

    Raises ValueError for what is no http(s) URL.
    """
    parsed = _require(url)
    return f"{parsed.protocol}//{_name(parsed)}:{_port(parsed)}"


# --- parsing --------------------------------------------------------------------------------------


def _parse(url: str, base: str | None = None) -> URL | None:
    cleaned = _CONTROLS.sub("", url).strip().strip(_INVISIBLE).strip().removeprefix(_CDATA)
    cleaned = _MARKUP.sub("", cleaned).strip().strip(_INVISIBLE).strip()
    path, mark, rest = cleaned.partition("?")
    if glued := _GLUED.search(path):
        path, mark, rest = path[: glued.start()], "", ""
    cleaned = f"{path}{mark}{rest}"
    if not cleaned:
        return None
    within = _joinable(base) if base is not None else None
    if within is None and cleaned.startswith("//"):
        cleaned = f"https:{cleaned}"
    try:
        parsed = URL(cleaned, within)
    except ValueError:  # also UnicodeEncodeError, for a lone surrogate
        return None
    if parsed.protocol not in _DEFAULT_PORTS or parsed.username or parsed.password:
        return None
    if not all(_name(parsed).split(".")):
        return None
    if parsed.host_type == HostType.IPV6 and (mapped := _MAPPED.fullmatch(parsed.hostname)):
        parsed.hostname = str(IPv4Address(int(mapped[1], 16) << 16 | int(mapped[2], 16)))
    del parsed.hash
    return parsed


@lru_cache(maxsize=16)
def _joinable(base: str) -> str | None:
    """The base as normalised: one page's links are joined to it one after another."""
    return normalise_url(base)


def _require(url: str) -> URL:
    parsed = _parse(url)
    if parsed is None:
        raise ValueError(f"not an http(s) URL: {url[:200]!r}")
    return parsed


def _name(parsed: URL) -> str:
    """The host's name without the root's dot, which changes nothing of what is dialled."""
    return parsed.hostname.removesuffix(".")


def _port(parsed: URL) -> str:
    return parsed.port or _DEFAULT_PORTS[parsed.protocol]


# --- sites ----------------------------------------------------------------------------------------


@cache
def _suffix_list() -> TLDExtract:
    """The public suffix list as shipped; built when first asked for, as its import takes 80 ms."""
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def _registrable_domain(parsed: URL) -> str | None:
    """The registrable domain of a URL's host; ``None`` for IP addresses and single labels."""
    name = _name(parsed)
    if parsed.host_type != HostType.DEFAULT or "." not in name:
        return None
    return _cut_to_domain(name)


@lru_cache(maxsize=4096)
def _cut_to_domain(name: str) -> str:
    suffix = _suffix_list().extract_str(name).suffix
    # Where no rule matches, the suffix is the last label: https://publicsuffix.org/list/
    suffix_labels = suffix.count(".") + 1 if suffix else 1
    return ".".join(name.split(".")[-suffix_labels - 1 :])


# --- page keys ------------------------------------------------------------------------------------


def _fold(parsed: URL) -> str:
    """The URL without its scheme and without what tells renderings of one page apart, each once."""
    unwrapped = unwrap_url(parsed.href)
    parsed = _unwrap_amp_cache(parsed if unwrapped == parsed.href else _require(unwrapped))
    port = f":{parsed.port}" if parsed.port not in {"", "80", "443"} else ""
    query = _fold_query(parsed.search[1:], _registrable_domain(parsed))
    return _fold_name(parsed) + port + _fold_path(parsed.pathname) + (query and f"?{query}")


def _unwrap_amp_cache(parsed: URL) -> URL:
    """The publisher's own URL where this one is a copy of it in an AMP cache."""
    cached = _AMP_CACHE.fullmatch(parsed.href)
    return (cached and _parse(f"https://{cached[1]}")) or parsed


def _fold_name(parsed: URL) -> str:
    """The name without labels that only name a rendering; the site's own labels always stay."""
    name, site = _name(parsed), _registrable_domain(parsed)
    if site is None:
        return name
    before = name.removesuffix(site).split(".")
    return ".".join(
        [label for label in before if label and label not in _RENDERING_LABELS] + [site]
    )


def _fold_path(path: str) -> str:
    """The path without empty segments, AMP variants, session numbers and index pages."""
    segments = (_escape(segment, _PATH_SAFE) for segment in path.split("/"))
    cut = (_AMP_SUFFIX.sub("", _SESSION.sub("", segment)) for segment in segments)
    kept = [segment for segment in cut if segment.lower() not in _AMP_SEGMENTS | _EMPTY_SEGMENTS]
    while kept and _INDEX.fullmatch(kept[-1]):
        kept.pop()
    return "/" + "/".join(kept)


def _fold_query(query: str, site: str | None) -> str:
    """The parameters that are not tracking, sorted, in one spelling."""
    pairs = []
    of_site = _TRACKING_NAMES_BY_SITE.get(site or "", frozenset())
    for parameter in query.split("&"):
        name, _, value = parameter.replace("+", "%20").partition("=")
        while name.startswith("amp;"):  # "&amp;" escaped once too often
            name = name.removeprefix("amp;")
        name, value = _escape(name, _QUERY_SAFE), _escape(value, _QUERY_SAFE)
        is_tracking = name.lower() in of_site or _is_tracking(name, value)
        if (name or value) and not is_tracking:
            pairs.append(f"{name}={value}" if value else name)
    return "&".join(sorted(pairs))


def _is_tracking(name: str, value: str) -> bool:
    """Whether a parameter tells of the reader's way here or of a rendering, not of the page."""
    name = name.lower()
    return (
        name in _TRACKING_NAMES
        or name.startswith(_TRACKING_PREFIXES)
        or name == "amp"
        or (name in _AMP_SWITCHES and value.lower() == "amp")
        or (name in _REFERRER_NAMES and _REFERRER_VALUE.fullmatch(value) is not None)
    )


def _escape(text: str, safe: str) -> str:
    """The text with one spelling for each character: escaped in capitals, or not at all."""
    return quote_from_bytes(unquote_to_bytes(text), safe)
