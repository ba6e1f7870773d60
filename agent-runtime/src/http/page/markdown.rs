//! Descriptions of agents, which are Markdown, as HTML.

use pulldown_cmark::{BrokenLink, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::escape;

/// Renders Markdown as HTML that is safe to embed: HTML in it is shown as text, and only links with the schemes `http` and `https`
/// remain links. Headings are below `h2`, the heading of an agent. Images are replaced with their text.
pub(super) fn render(markdown: &str) -> String {
    // A name in brackets and backticks is a link of rustdoc: its target means nothing here, and its text stays.
    let mut resolve = |link: BrokenLink<'_>| link.reference.starts_with('`').then(|| ("".into(), "".into()));
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let parser = Parser::new_with_broken_link_callback(markdown, options, Some(&mut resolve));
    let mut rendered = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut rendered, Links::default().events(parser));
    rendered
}

/// The open links and images, the innermost last: `true` if the tag is in the output.
#[derive(Default)]
struct Links(Vec<bool>);

impl Links {
    fn events<'a>(mut self, parser: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
        parser.filter_map(move |event| self.event(event))
    }

    /// Returns the event in its safe form, or `None` if it is left out.
    fn event<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
            // Their content is text events already: without the tag they are a paragraph's text.
            Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
                level: lowered(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            })),
            Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.open(is_web_address(&dest_url).then(|| opening_tag(&dest_url)))
            }
            Event::Start(Tag::Image { .. }) => self.open(None),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.0.pop().unwrap_or(false).then_some(Event::InlineHtml(CowStr::Borrowed("</a>")))
            }
            other => Some(other),
        }
    }

    fn open<'a>(&mut self, tag: Option<String>) -> Option<Event<'a>> {
        self.0.push(tag.is_some());
        tag.map(|tag| Event::InlineHtml(tag.into()))
    }
}

fn is_web_address(address: &str) -> bool {
    let is_scheme = |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    is_scheme("http://") || is_scheme("https://")
}

fn opening_tag(address: &str) -> String {
    format!(r#"<a href="{}" rel="nofollow noopener noreferrer" target="_blank">"#, escape(address))
}

fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_blocks_and_code() {
        let rendered =
            render("Reads `frame`.\n\n- one\n- **two**\n\n# Errors\n\n```\na < b\n```\n\n| a |\n|---|\n| `b` |");
        for wanted in [
            "<p>Reads <code>frame</code>.</p>",
            "<li><strong>two</strong></li>",
            "<h3>Errors</h3>",
            "<pre><code>a &lt; b\n</code></pre>",
            "<td><code>b</code></td>",
        ] {
            assert!(rendered.contains(wanted), "{wanted} is missing in {rendered}");
        }
    }

    #[test]
    fn shows_html_as_text() {
        for markdown in [
            "<script>alert(1)</script>",
            "<div onclick=\"x()\">\n\n**b**\n\n</div>",
            "a <img src=x onerror=alert(1)> b",
            "<!-- <b> -->",
            "<![CDATA[<b>]]>",
            "[x](https://a.test \"</a><script>\")",
            "`</code><script>`",
            "```\"><script>\n</pre><script>\n```",
            "# <script>x</script> {onclick=alert(1)}",
        ] {
            let rendered = render(markdown);
            let tags =
                ["<p>", "</p>", "<strong>", "</strong>", "<h3>", "</h3>", "<pre>", "</pre>", "<code>", "</code>"];
            let is_known = |(at, _): (usize, &str)| {
                let rest = &rendered[at..];
                tags.iter().any(|tag| rest.starts_with(tag))
                    || rest.starts_with("<code class=\"language-&quot;&gt;&lt;script&gt;\">")
                    || rest.starts_with("<a href=\"https://a.test\" rel=")
                    || rest.starts_with("</a>")
            };
            assert!(rendered.match_indices('<').all(is_known), "{markdown}: {rendered}");
        }
    }

    #[test]
    fn keeps_only_links_to_the_web() {
        let link = |address: &str| {
            format!("<p><a href=\"{address}\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">t</a></p>\n")
        };
        assert_eq!(render("[t](https://a.test/?q=1&r=2)"), link("https://a.test/?q=1&amp;r=2"));
        assert_eq!(render("[t](HTTP://a.test)"), link("HTTP://a.test"));
        assert_eq!(render("[t](<https://a.test/\"onclick='x'>)"), link("https://a.test/&quot;onclick=&#39;x&#39;"));
        assert_eq!(render("[t]\n\n[t]: https://a.test"), link("https://a.test"));
        for target in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "//a.test",
            "crate::Foo",
            "/docs",
            "&#106;avascript:alert(1)",
            "<java\tscript:alert(1)>",
        ] {
            assert_eq!(render(&format!("[t]({target})")), "<p>t</p>\n", "{target}");
        }
        assert_eq!(render("<javascript:alert(1)>"), "<p>javascript:alert(1)</p>\n");
        assert_eq!(render("![t](https://a.test/pixel.png)"), "<p>t</p>\n");
        assert_eq!(render("[![t](x)](https://a.test)"), link("https://a.test"));
    }

    #[test]
    fn keeps_the_text_of_links_to_rust_items() {
        assert_eq!(
            render("See [`LabelRow`] and [the row](crate::LabelRow)."),
            "<p>See <code>LabelRow</code> and the row.</p>\n"
        );
        assert_eq!(render("A range [0, 1]."), "<p>A range [0, 1].</p>\n");
    }
}
