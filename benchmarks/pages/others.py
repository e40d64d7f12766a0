"""Pages of magazines, blogs, offices and old content systems."""

from __future__ import annotations

from .story import Made, Story, e, ld, links, made, ps


def magazine_dublin_core(s: Story) -> Made:
    """A magazine: Dublin Core, a lead of its own, a box for subscribers that says nothing."""
    lead, *rest = s.paragraphs
    page = f"""<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.outlet)} - {e(s.title)}</title>
<meta name="DC.title" content="{e(s.title)}"><meta name="DC.creator" content="{e(s.author)}"><meta name="DC.publisher" content="{e(s.outlet)}"><meta name="DC.date" content="{s.date.date()}">
<meta name="DC.language" content="{s.language}"><link rel="canonical" href="{s.url}"></head><body><div id="bandeau">{links(s, '<a href="/x/{n}">{title}</a> · ')}</div>
<div id="contenu"><div class="surtitre">{e(s.section)}</div><h1>{e(s.title)}</h1><p class="signature">{e(s.by)} <strong>{e(s.author)}</strong></p><p class="chapo">{e(lead)}</p>
<div class="encadre"><p><a href="/n">{e(s.newsletter)}</a></p></div>{ps(rest)}<div class="notes"></div></div><div id="extras"><h3>{e(s.read_also)}</h3><ul>{links(s)}</ul></div></body></html>"""
    return made(s, "magazine, Dublin Core", page)


def blog_with_comments(s: Story) -> Made:
    """A blog on the most usual system: metadata that refer to each other, and long comments."""
    graph = {"@context": "https://schema.org", "@graph": [
        {"@type": "Article", "@id": s.url + "#article", "isPartOf": {"@id": s.url}, "author": {"@id": "#person"}, "headline": s.title,
         "datePublished": s.iso, "dateModified": s.later, "publisher": {"@id": "#organization"}, "articleSection": [s.section]},
        {"@type": "WebPage", "@id": s.url, "url": s.url, "name": f"{s.title} - {s.outlet}", "datePublished": s.iso},
        {"@type": "Organization", "@id": "#organization", "name": s.outlet},
        {"@type": "Person", "@id": "#person", "name": s.author}]}  # fmt: skip
    comments = "".join(
        f'<li class="comment"><article class="comment-body"><footer class="comment-meta"><b class="fn">user{n}</b> <time datetime="2026-10-0{n + 1}">2026</time></footer>'
        f'<div class="comment-content"><p>{e(opinion)}</p></div></article></li>'
        for n, opinion in enumerate([*s.opinions] * 4)
    )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="UTF-8"><title>{e(s.title)} - {e(s.outlet)}</title>{ld(graph)}</head><body class="post-template-default single single-post">
<header id="masthead"><p class="site-title"><a href="/">{e(s.outlet)}</a></p></header><div id="primary"><main id="main"><article id="post-77" class="post-77 post type-post hentry">
<header class="entry-header"><h1 class="entry-title">{e(s.title)}</h1><div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{s.iso}">{e(s.day)}</time></span>
<span class="byline"> {e(s.by)} <a class="url fn n" href="/author/x">{e(s.author)}</a></span></div></header><div class="entry-content">{ps(s.paragraphs)}
<div class="sharedaddy"><h3 class="sd-title">{e(s.share)}</h3><ul><li>X</li></ul></div></div><footer class="entry-footer"><a rel="tag">{e(s.section)}</a></footer></article>
<div id="comments" class="comments-area"><h2>8 {e(s.comments_label)}</h2><ol class="comment-list">{comments}</ol><div id="respond"><form><textarea></textarea></form></div></div></main></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2>{e(s.most_read)}</h2><ul>{links(s)}</ul></section></aside></body></html>"""
    return made(s, "blog with comments", page)


def accelerated(s: Story) -> Made:
    """A page for phones (AMP)."""
    data = {"@context": "https://schema.org", "@type": "ReportageNewsArticle", "headline": s.title, "datePublished": s.iso,
            "author": {"@type": "Person", "name": s.author}, "publisher": {"@type": "Organization", "name": s.outlet}, "mainEntityOfPage": s.url}  # fmt: skip
    page = f"""<!doctype html><html ⚡ lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)}</title><link rel="canonical" href="{s.url}">{ld(data)}</head><body>
<amp-sidebar id="sb" layout="nodisplay"><ul>{links(s)}</ul></amp-sidebar><header><a href="/">{e(s.outlet)}</a></header><amp-consent layout="nodisplay"><div><p>{e(s.consent)}</p></div></amp-consent>
<main><h1>{e(s.title)}</h1><div class="amp-author">{e(s.author)}</div><amp-img src="a.jpg" width="1" height="1"></amp-img>{ps(s.paragraphs[:2])}<amp-ad width="300" height="250"></amp-ad>
{ps(s.paragraphs[2:])}</main><amp-list><ul>{links(s)}</ul></amp-list><footer><p>{e(s.outlet)}</p></footer></body></html>"""
    return made(s, "AMP", page)


def old_tables(s: Story) -> Made:
    """A page of 2003: tables for the layout, the text in one cell between line breaks."""
    text = "<br><br>".join(e(one) for one in s.paragraphs)
    page = f"""<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8"><TITLE>{e(s.outlet)} - {e(s.title)}</TITLE><META NAME="DATE" CONTENT="{s.date.date()}"></HEAD><BODY>
<TABLE WIDTH=760 BORDER=0><TR><TD COLSPAN=3><IMG SRC="logo.gif" ALT="{e(s.outlet)}"></TD></TR><TR><TD WIDTH=140 VALIGN=top>{links(s, '<A HREF="{n}.html">{title}</A><BR>')}</TD>
<TD VALIGN=top><FONT SIZE=5><B>{e(s.title)}</B></FONT><BR><FONT SIZE=2>{e(s.by)} {e(s.author)}<BR>{e(s.day)}</FONT><BR><BR><FONT SIZE=3>{text}</FONT><BR><BR>
<A HREF="print.html">Print</A></TD><TD WIDTH=120 VALIGN=top>{links(s, "<B>{title}</B><BR>{lead}<BR><BR>")}</TD></TR></TABLE></BODY></HTML>"""
    return made(s, "old tables", page)


def dated_by_address(s: Story) -> Made:
    """An archive whose pages show today's date above, and the article's only in the address."""
    url = s.url.replace(".example/", f".example/{s.date:%Y/%m/%d}/")
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} :: {e(s.outlet)}</title><link rel="canonical" href="{url}"></head><body>
<div class="top"><span class="today">26.11.2026</span> <a href="/">{e(s.outlet)}</a></div><div class="content"><div class="col-main"><h1>{e(s.title)}</h1>{ps(s.paragraphs)}
<p class="author-line">{e(s.author)}</p></div><div class="col-side"><h3>{e(s.most_read)}</h3>{links(s, "<p><a href='/x/{n}'>{title}</a></p>")}</div></div><div class="bottom">© 1998–2026 {e(s.outlet)}</div></body></html>"""
    return made(s, "dated by its address", page)


def shortened_headline(s: Story) -> Made:
    """A portal: the metadata cut the headline, one of their scripts is broken, links run between the paragraphs."""
    cut = s.title[: max(20, len(s.title) * 2 // 3)].rstrip() + "…"
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": cut, "datePublished": s.date.replace(tzinfo=None).isoformat(),
            "author": [{"@type": "Person", "name": s.author}, {"@type": "Person", "name": s.author}], "publisher": {"@type": "Organization", "name": s.outlet}}  # fmt: skip
    ticker = "".join(f"<li>{e(title)}</li>" for title, _ in s.others)
    body = f"</p><div class='promo'>{e(s.read_also)}: <a href='/x/1'>{e(s.others[0][0])}</a></div><p>".join(
        e(one) for one in s.paragraphs
    )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)}</title><script type="application/ld+json">{{"@type": "NewsArticle", "headline": "x",}}</script>{ld(data)}
<meta property="og:title" content="{e(s.title)}"><meta property="og:url" content="{s.url}"></head><body><div class="ticker"><ul>{ticker}</ul></div><div class="breadcrumb"><a>{e(s.section)}</a> &gt; <span>{e(s.title)}</span></div>
<article><h1>{e(s.title)}</h1><span class="date">{e(s.published)} {e(s.day)}</span><div class="detail-text"><p>{body}</p></div></article><div class="tags"><a>{e(s.section)}</a></div></body></html>"""
    return made(s, "shortened headline", page)


def government(s: Story) -> Made:
    """A press release of an office: headings, a definition list, terms of Dublin Core."""
    middle = len(s.paragraphs) // 2
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} - {e(s.outlet)}</title><meta name="dcterms.title" content="{e(s.title)}"><meta name="dcterms.issued" content="{s.date.date()}">
<meta name="dcterms.modified" content="{s.later[:10]}"><meta name="dcterms.publisher" content="{e(s.outlet)}"></head><body><div class="global-cookie-message"><p>{e(s.consent)}</p></div>
<div class="gov-header"><a href="/">{e(s.outlet)}</a></div><main><h1 class="title">{e(s.title)}</h1><dl class="metadata"><dt>{e(s.published)}</dt><dd>{e(s.day)}</dd></dl><div class="govspeak">
{ps(s.paragraphs[:middle])}<h2>{e(s.section)}</h2>{ps(s.paragraphs[middle:])}</div></main><div class="related"><h2>{e(s.read_also)}</h2><ul>{links(s)}</ul></div></body></html>"""
    return made(
        s,
        "government",
        page,
        author=None,
        text="\n\n".join([*s.paragraphs[:middle], s.section, *s.paragraphs[middle:]]),
    )


def journal(s: Story) -> Made:
    """A scholarly journal: citation tags, numbered references that are no text."""
    references = "".join(
        f"<li id='r{n}'>{e(title)}. {e(s.outlet)}, 20{10 + n}, pp. {n}–{n + 9}.</li>"
        for n, (title, _) in enumerate(s.others)
    )
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)}</title><meta name="citation_title" content="{e(s.title)}"><meta name="citation_author" content="{e(s.author)}">
<meta name="citation_publication_date" content="{s.date:%Y/%m/%d}"><meta name="citation_journal_title" content="{e(s.outlet)}"><link rel="canonical" href="{s.url}"></head><body>
<div class="journal-nav"><a>Issues</a><a>About</a></div><article class="research"><h1>{e(s.title)}</h1><div class="contrib"><span>{e(s.author)}</span><sup>1</sup></div><div class="body">{ps(s.paragraphs)}</div>
<section class="references"><h2>References</h2><ol>{references}</ol></section></article></body></html>"""
    return made(s, "journal", page)


def platform(s: Story) -> Made:
    """A platform for writers: one name stands for author and account, claps and reading times run through it."""
    body = "".join(f'<p class="pw-post-body-paragraph">{e(one)}</p>' for one in s.paragraphs)
    page = f"""<!doctype html><html lang="{s.language}"><head><title>{e(s.title)} | {e(s.by)} {e(s.author)} | {e(s.outlet)}</title><meta charset="utf-8"><meta property="og:title" content="{e(s.title)}"><meta property="og:site_name" content="{e(s.outlet)}">
<meta name="author" content="{e(s.by)} {e(s.author)}"><meta name="parsely-pub-date" content="{s.iso}"><meta name="twitter:label1" content="Reading time"><meta name="twitter:data1" content="4 min read">
<link rel="canonical" href="{s.url}"></head><body><div class="metabar"><a>Sign in</a><a>Get the app</a></div><article><section><h1 class="pw-post-title">{e(s.title)}</h1><div><a>{e(s.author)}</a><button>Follow</button><span>4 min read</span>
<button>812</button></div>{body}</section></article><div class="follow"><h2>{e(s.newsletter)}</h2></div><div class="more">{links(s, "<div><h3>{title}</h3><p>{lead}</p></div>")}</div></body></html>"""
    return made(s, "platform", page)


def with_table(s: Story) -> Made:
    """A report with a table of figures and a quotation that is printed twice."""
    quote = s.paragraphs[0].split(". ")[0]
    rows = "".join(f"<tr><td>{n}</td><td>{n * 17 + 3} %</td></tr>" for n in range(1, 5))
    table = f"<table class='figures'><tbody>{rows}</tbody></table>"
    page = f"""<!DOCTYPE html><html lang="{s.language}"><head><meta charset="utf-8"><title>{e(s.title)} — {e(s.outlet)}</title><meta name="author" content="{e(s.author)}"><meta property="og:site_name" content="{e(s.outlet)}">
<meta property="article:published_time" content="{s.date.date()}"></head><body><nav class="main">{links(s, '<a href="{n}">{title}</a>')}</nav><div class="content"><h1>{e(s.title)}</h1><div class="author">{e(s.author)}</div>
{ps(s.paragraphs[:2])}<blockquote class="pullquote" aria-hidden="true">{e(quote)}</blockquote>{table}{ps(s.paragraphs[2:])}</div><footer>{e(s.outlet)}</footer></body></html>"""
    cells = "\n".join(f"{n} | {n * 17 + 3} %" for n in range(1, 5))
    return made(
        s, "table and pull quote", page, text="\n\n".join([*s.paragraphs[:2], cells, *s.paragraphs[2:]])
    )


STYLES = (
    magazine_dublin_core,
    blog_with_comments,
    accelerated,
    old_tables,
    dated_by_address,
    shortened_headline,
    government,
    journal,
    platform,
    with_table,
)
