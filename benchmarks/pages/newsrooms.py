"""Pages of newspapers, broadcasters and agencies."""

from __future__ import annotations

import json

from .story import Made, Story, e, ld, links, made, ps


def broadsheet(s: Story) -> Made:
    """A large newspaper: a JSON-LD graph, semantic elements, boxes inside the text, a footer full of links."""
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "BreadcrumbList",
                "itemListElement": [{"@type": "ListItem", "position": 1, "name": s.section}],
            },
            {
                "@type": "NewsMediaOrganization",
                "@id": "#org",
                "name": s.outlet,
                "logo": {"@type": "ImageObject", "url": "/l.png"},
            },
            {
                "@type": "NewsArticle",
                "headline": s.title,
                "datePublished": s.iso,
                "dateModified": s.later,
                "author": [{"@type": "Person", "name": s.author, "url": "/authors/1"}],
                "publisher": {"@id": "#org"},
                "articleSection": s.section,
            },
        ],
    }
    middle = len(s.paragraphs) // 2
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} | {e(s.outlet)}</title>
<link rel="canonical" href="{s.url}">{ld(graph)}<style>.a{{color:red}}</style></head><body class="article-page">
<a class="skip" href="#main">Skip</a><header class="site-header"><a href="/">{e(s.outlet)}</a><nav><ul>{links(s)}</ul></nav></header>
<main id="main"><article class="article"><header class="article__header"><p class="kicker">{e(s.section)}</p><h1 class="article__title">{e(s.title)}</h1>
<div class="article__meta"><span class="author">{e(s.by)} <a href="/authors/1">{e(s.author)}</a></span> <time datetime="{s.iso}">{e(s.day)}</time>
<ul class="share-tools"><li><a href="#">{e(s.share)}</a></li></ul></div></header><div class="article__body">{ps(s.paragraphs[:middle])}
<aside class="related-inline"><h3>{e(s.read_also)}</h3><ul>{links(s)}</ul></aside>{ps(s.paragraphs[middle:])}
<div class="newsletter-box"><h3>{e(s.newsletter)}</h3><form><input type="email"><button>OK</button></form></div></div></article>
<section class="more-on"><h2>{e(s.most_read)}</h2><div class="cards">{links(s, '<div class="card"><h3>{title}</h3><p>{lead}</p></div>')}</div></section></main>
<footer><ul>{links(s)}</ul><p>© 2026 {e(s.outlet)}</p></footer><script>var x = "<p>no text</p>";</script></body></html>"""
    return made(s, "broadsheet", page)


def live_blog(s: Story) -> Made:
    """A live blog: newest post first, a list of key points, times beside the posts."""
    posts = list(reversed(s.paragraphs))
    updates = [
        {"@type": "BlogPosting", "headline": f"{10 + n}:20", "datePublished": s.iso, "articleBody": one}
        for n, one in enumerate(posts)
    ]
    data = {"@context": "https://schema.org", "@type": "LiveBlogPosting", "headline": s.title, "datePublished": s.iso,
            "coverageStartTime": s.iso, "author": {"@type": "Person", "name": s.author},
            "publisher": {"@type": "Organization", "name": s.outlet}, "liveBlogUpdate": updates}  # fmt: skip
    blocks = "\n".join(
        f'<div class="block" id="block-{n}"><div class="block__time"><time datetime="{s.iso}">{10 + n}:20</time></div>'
        f'<div class="block__body"><p>{e(one)}</p></div><div class="block__share"><a href="#">{e(s.share)}</a></div></div>'
        for n, one in enumerate(posts)
    )
    page = f"""<!doctype html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} – live | {e(s.outlet)}</title>
<meta property="og:title" content="{e(s.title)}"><meta property="og:site_name" content="{e(s.outlet)}"><meta property="og:url" content="{s.url}">
{ld(data)}</head><body><div id="consent"><p>{e(s.consent)}</p></div><div class="live-header"><span class="flag">LIVE</span><h1>{e(s.title)}</h1>
<p class="byline">{e(s.by)} {e(s.author)}</p></div><div class="layout"><nav class="timeline"><ol>{links(s)}</ol></nav><main class="liveblog">
{blocks}<button class="more">…</button></main><aside class="rail">{links(s, "<div><a href='/x/{n}'>{title}</a></div>")}</aside></div></body></html>"""
    return made(s, "live blog", page, text="\n\n".join(posts))


def paywall_open_in_metadata(s: Story) -> Made:
    """A paywall: two sentences are shown, the metadata holds the whole text for search engines."""
    data = {"@context": "http://schema.org", "@type": ["NewsArticle"], "headline": s.title, "datePublished": s.iso, "dateModified": s.later,
            "isAccessibleForFree": False, "author": {"name": s.author}, "publisher": {"@type": "Organization", "name": s.outlet},
            "articleBody": "\n\n".join(s.paragraphs), "mainEntityOfPage": {"@type": "WebPage", "@id": s.url}}  # fmt: skip
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><title>{e(s.title)}</title><meta name="description" content="{e(s.paragraphs[0][:150])}">
{ld(data)}</head><body><div class="top-nav"><a href="/">{e(s.outlet)}</a><a href="/login">Login</a></div><div class="article"><h1>{e(s.title)}</h1>
<div class="teaser">{ps(s.paragraphs[:1])}</div><div class="paywall"><h2>{e(s.subscribe)}</h2><ul class="offers"><li><strong>1 €</strong> / 4 × 7</li><li>99 €</li></ul>
<p>{e(s.newsletter)}</p><a class="button">{e(s.subscribe)}</a></div></div><div class="teasers">{links(s, "<article><h3>{title}</h3><p>{lead}</p></article>")}</div></body></html>"""
    return made(s, "paywall, text in metadata", page)


def paywall_closed(s: Story) -> Made:
    """A paywall that keeps the rest: what is shown is what can be had, and the offer is no part of it."""
    shown = s.paragraphs[:2]
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} - {e(s.outlet)}</title>
<meta property="og:type" content="article"><meta property="og:title" content="{e(s.title)} - {e(s.outlet)}"><meta property="og:site_name" content="{e(s.outlet)}">
<meta property="og:url" content="{s.url}"><meta property="article:published_time" content="{s.iso}"><meta property="article:modified_time" content="{s.later}">
<meta property="article:author" content="https://social.example/profile/123"><meta name="author" content="{e(s.author)}"></head><body>
<header><div class="brand">{e(s.outlet)}</div></header><div class="wrapper"><div class="story-head"><span class="tag tag--plus">PLUS</span><h1>{e(s.title)}</h1>
<div class="story-info">{e(s.author)}, {e(s.day)}</div></div><div class="story-body">{ps(shown, ' class="story-text"')}<div class="fade"></div></div>
<section class="piano-offer" id="offer"><h2>{e(s.subscribe)}</h2><p>{e(s.newsletter)}. 4,99 €. {e(s.consent)}</p><button>{e(s.subscribe)}</button></section>
<div class="recommendations"><h2>{e(s.most_read)}</h2>{links(s, '<div class="teaser"><a href="/x/{n}"><h3>{title}</h3></a><p>{lead}</p></div>')}</div></div></body></html>"""
    return made(s, "paywall, text kept back", page, text="\n\n".join(shown))


def gallery(s: Story) -> Made:
    """A picture gallery: the text stands beside the slides, credits and counters are none of it."""
    slides = "\n".join(
        f'<div class="slide"><figure><img src="/i/{n}.jpg" alt="{e(s.section)} {n}"><span class="credit">© {e(s.outlet)} / Foto {n}</span></figure>'
        f'<div class="slide-count">{n + 1}/{len(s.paragraphs)}</div><div class="slide-text"><p>{e(one)}</p></div></div>'
        for n, one in enumerate(s.paragraphs)
    )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)}</title><meta property="og:title" content="{e(s.title)}">
<meta property="og:site_name" content="{e(s.outlet)}"><meta property="article:published_time" content="{s.iso}"><meta name="author" content="{e(s.author)}">
<link rel="canonical" href="{s.url}"></head><body><div class="masthead"><a href="/">{e(s.outlet)}</a></div><div class="gallery"><h1>{e(s.title)}</h1>
<p class="meta">{e(s.by)} {e(s.author)} · {e(s.day)}</p><div class="slides">{slides}</div></div><div class="next-galleries">{links(s, '<a class="thumb" href="/g/{n}">{title}</a>')}</div></body></html>"""
    return made(s, "gallery", page)


def agency_plain(s: Story) -> Made:
    """An agency's archive: preformatted text, no metadata but the title."""
    import textwrap

    body = "\n\n".join("\n".join(textwrap.wrap(one, 70)) for one in s.paragraphs)
    page = f"""<html><head><title>{e(s.outlet)}: {e(s.title)}</title></head><body bgcolor="#ffffff"><center><b>{e(s.outlet)}</b> | <a href="/">Home</a> | <a href="/a">Archive</a></center><hr>
<h2>{e(s.title)}</h2><i>{s.date.strftime("%Y-%m-%d %H:%M")}</i><pre>
{e(body)}
</pre><hr><font size="-1">(c) {e(s.outlet)}</font></body></html>"""
    return made(s, "agency, plain", page, author=None)


def broadcaster(s: Story) -> Made:
    """A public broadcaster: no JSON-LD, a time element, a reporter's block, a list of key points."""
    page = f"""<!DOCTYPE html><html lang="{s.language}" prefix="og: http://ogp.me/ns#"><head><meta charset="utf-8"><title>{e(s.title)} - {e(s.outlet)}</title>
<meta name="twitter:card" content="summary"><meta name="twitter:title" content="{e(s.title)}"><meta name="application-name" content="{e(s.outlet)}"><link rel="canonical" href="{s.url}"></head><body>
<div id="orb-banner"><ul><li><a href="/tv">TV</a></li><li><a href="/radio">Radio</a></li></ul></div><div role="main"><div class="story-body"><h1 class="story-body__h1">{e(s.title)}</h1>
<div class="byline"><span class="byline__name" rel="author">{e(s.by)} {e(s.author)}</span><span class="byline__title">{e(s.section)}</span></div>
<ul class="mini-info-list"><li><time class="date" datetime="{s.iso}" itemprop="datePublished">{e(s.day)}</time></li></ul>
<div class="story-body__inner" property="articleBody"><figure><img src="a.jpg"><figcaption>{e(s.section)}, AFP</figcaption></figure>{ps(s.paragraphs)}</div>
<div class="share"><p>{e(s.share)}</p></div></div><div class="column--secondary"><h2>{e(s.most_read)}</h2><ol>{links(s, '<li><time datetime="2026-11-20T08:00:00Z"></time><a href="/x/{n}">{title}</a></li>')}</ol></div></div></body></html>"""
    return made(s, "broadcaster", page)


def regional_microdata(s: Story) -> Made:
    """A regional paper: microdata, links between the paragraphs, teasers below."""
    body = []
    for n, one in enumerate(s.paragraphs):
        body.append(f"<p>{e(one)}</p>")
        if n % 2 == 1:
            title, _ = s.others[n % len(s.others)]
            body.append(
                f'<p class="inline-link"><strong>{e(s.read_also)}:</strong> <a href="/x/{n}">{e(title)}</a></p>'
            )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} | {e(s.outlet)}</title><meta name="date" content="{s.iso}"></head>
<body itemscope itemtype="https://schema.org/WebPage"><div class="nav">{links(s, '<a href="/x/{n}">{title}</a> ')}</div>
<div class="article" itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="mainEntityOfPage" content="{s.url}"><h1 itemprop="headline">{e(s.title)}</h1>
<div class="info"><span itemprop="author" itemscope itemtype="https://schema.org/Person">{e(s.by)} <span itemprop="name">{e(s.author)}</span></span>
<span itemprop="publisher" itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="{e(s.outlet)}"></span>
<time itemprop="datePublished" datetime="{s.iso}">{e(s.day)}</time></div><div itemprop="articleBody">{"".join(body)}</div></div>
<div class="teaserblock">{links(s, "<div><h4>{title}</h4><p>{lead}</p></div>")}</div></body></html>"""
    return made(s, "regional, microdata", page)


def next_article_below(s: Story) -> Made:
    """Endless scrolling: the next article is already below, with metadata of its own."""
    title, lead = s.others[0]
    first = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": s.title, "url": s.url, "datePublished": s.iso,
             "author": {"@type": "Person", "name": s.author}, "publisher": {"@type": "Organization", "name": s.outlet}}  # fmt: skip
    other = {
        **first,
        "headline": title,
        "url": s.url + "-2",
        "datePublished": "2026-11-01T10:00:00Z",
        "author": {"name": "Zoe Nobody"},
    }
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)}</title><link rel="canonical" href="{s.url}">{ld(other)}{ld(first)}</head><body>
<header><a href="/">{e(s.outlet)}</a></header><div id="feed"><article data-url="{s.url}"><h1>{e(s.title)}</h1><div class="by">{e(s.by)} {e(s.author)}, {e(s.day)}</div>
<div class="text">{ps(s.paragraphs)}</div></article><div class="separator">{e(s.read_also)}</div><article data-url="{s.url}-2" class="preview"><h2>{e(title)}</h2><p>{e(lead)}</p></article></div></body></html>"""
    return made(s, "next article below", page)


def single_page_app(s: Story) -> Made:
    """A site built from components: class names without meaning, the data once more in a script."""
    data = {"props": {"pageProps": {"article": {"title": s.title, "body": list(s.paragraphs)}}}}
    body = "".join(
        f'<div class="sc-1f{n}x9 jKqYvB"><p class="sc-77aa{n} kTzQde">{e(one)}</p></div>'
        for n, one in enumerate(s.paragraphs)
    )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charSet="utf-8"/><title>{e(s.title)} | {e(s.outlet)}</title><meta property="og:title" content="{e(s.title)}"/>
<meta property="og:site_name" content="{e(s.outlet)}"/><meta property="og:url" content="{s.url}"/><meta property="article:published_time" content="{s.iso}"/>
<meta property="article:author" content="{e(s.author)}"/><meta property="article:section" content="{e(s.section)}"/></head><body><div id="__next"><div class="sc-aaa bNbN"><div class="sc-cookie pPpP">
<div><h2>Cookies</h2><p>{e(s.consent)}</p><button>OK</button></div></div><div class="sc-bbb"><div class="sc-ccc">{links(s, '<a class="sc-x" href="/x/{n}">{title}</a>')}</div></div>
<div class="sc-ddd"><div class="sc-eee"><h1 class="sc-h1 aZaZ">{e(s.title)}</h1><div class="sc-fff"><span>{e(s.author)}</span><span>{e(s.day)}</span></div>{body}</div>
<div class="sc-ggg">{links(s, '<div class="sc-y"><span>{title}</span><span>{lead}</span></div>')}</div></div></div></div>
<script id="__NEXT_DATA__" type="application/json">{json.dumps(data, ensure_ascii=False)}</script></body></html>"""
    return made(s, "single-page app", page)


STYLES = (
    broadsheet,
    live_blog,
    paywall_open_in_metadata,
    paywall_closed,
    gallery,
    agency_plain,
    broadcaster,
    regional_microdata,
    next_article_below,
    single_page_app,
)
