//! A page of headings, texts and tables, in Markdown and in HTML. Nothing in a text is taken for anything
//! but text.

use std::fmt::Write as _;

use crate::printable::to_printable;

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    mark: &'static str,
    title: String,
    blocks: Vec<Block>,
}

#[derive(Debug)]
enum Block {
    Heading(String),
    Text(String),
    Item(String),
    Table {
        titles: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

impl Page {
    /// A page with a mark near its beginning that tells what it is.
    pub(super) fn new(mark: &'static str, title: &str) -> Self {
        Self {
            mark,
            title: title.to_owned(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn section(&mut self, title: &str) {
        self.blocks.push(Block::Heading(title.to_owned()));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.blocks.push(Block::Text(text.to_owned()));
    }

    pub(super) fn item(&mut self, text: &str) {
        self.blocks.push(Block::Item(text.to_owned()));
    }

    /// A table below a heading; neither, if it has no rows.
    pub(super) fn table(&mut self, heading: &str, titles: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        if !heading.is_empty() {
            self.section(heading);
        }
        let titles = titles.iter().map(|title| (*title).to_owned()).collect();
        self.blocks.push(Block::Table { titles, rows });
    }
}

/// The page in Markdown.
pub(super) fn markdown(page: &Page) -> String {
    let mut text = format!("<!-- {} -->\n# {}\n", page.mark, in_markdown(&page.title));
    let mut is_list = false;
    for block in &page.blocks {
        let gap = if is_list && matches!(block, Block::Item(_)) {
            ""
        } else {
            "\n"
        };
        text.push_str(gap);
        is_list = matches!(block, Block::Item(_));
        // Writing to a String cannot fail.
        let _ = match block {
            Block::Heading(title) => writeln!(text, "## {}", in_markdown(title)),
            Block::Text(line) => writeln!(text, "{}", in_markdown(line)),
            Block::Item(line) => writeln!(text, "- {}", in_markdown(line)),
            Block::Table { titles, rows } => {
                let rule = vec!["---"; titles.len()].join(" | ");
                let mut lines = format!("| {} |\n| {rule} |\n", cells(titles));
                for row in rows {
                    let _ = writeln!(lines, "| {} |", cells(row));
                }
                write!(text, "{lines}")
            }
        };
    }
    text
}

fn cells(row: &[String]) -> String {
    let cells: Vec<String> = row.iter().map(|cell| in_markdown(cell)).collect();
    cells.join(" | ")
}

/// Text that Markdown takes for nothing else: no HTML, and no link with other words.
fn in_markdown(text: &str) -> String {
    let mut shown = String::new();
    for character in to_printable(text).chars() {
        match character {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '{' | '}' | '(' | ')' => {
                shown.push('\\');
                shown.push(character);
            }
            other => shown.push(other),
        }
    }
    shown
}

/// How the page looks, in a browser and on paper.
const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}\
table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{background:#eee}\
h2{margin-top:1.5em}\
@media (prefers-color-scheme:dark){body{background:#111;color:#ddd}th{background:#222}}";

/// The page in HTML. It loads nothing and runs nothing, and says so to the browser.
pub(super) fn html(page: &Page) -> String {
    let title = in_html(&page.title);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"generator\" content=\"{}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        page.mark
    );
    for block in &page.blocks {
        // Writing to a String cannot fail.
        let _ = match block {
            Block::Heading(title) => writeln!(text, "<h2>{}</h2>", in_html(title)),
            Block::Text(line) => writeln!(text, "<p>{}</p>", in_html(line)),
            Block::Item(line) => writeln!(text, "<p>• {}</p>", in_html(line)),
            Block::Table { titles, rows } => {
                let mut lines = String::from("<table>\n");
                if titles.iter().any(|title| !title.is_empty()) {
                    let _ = writeln!(lines, "<tr>{}</tr>", row("th", titles));
                }
                for cells in rows {
                    let _ = writeln!(lines, "<tr>{}</tr>", row("td", cells));
                }
                writeln!(text, "{lines}</table>")
            }
        };
    }
    text.push_str("</body>\n</html>\n");
    text
}

fn row(element: &str, cells: &[String]) -> String {
    let cells = cells
        .iter()
        .map(|cell| format!("<{element}>{}</{element}>", in_html(cell)));
    cells.collect()
}

fn in_html(text: &str) -> String {
    let mut shown = String::new();
    for character in to_printable(text).chars() {
        match character {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that a stranger chose.
    const HOSTILE: [&str; 7] = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onload='x",
        "&lt;script&gt;",
        "[a](javascript:alert(1)) ![b](http://evil.example/x.png)",
        "a | b\n| c |\n# d",
        "<!-- \u{202e}\u{1b}[2J -->",
    ];

    #[test]
    fn no_text_becomes_an_element_a_link_or_a_row() {
        let mut page = Page::new("mark", HOSTILE[0]);
        page.section(HOSTILE[1]);
        for text in HOSTILE {
            page.text(text);
            page.item(text);
        }
        let rows: Vec<Vec<String>> = HOSTILE
            .iter()
            .map(|text| vec![(*text).to_owned()])
            .collect();
        page.table(HOSTILE[2], &[HOSTILE[4]], rows);
        let html = html(&page);
        for forbidden in [
            "<script",
            "<img",
            "<!-- ",
            "\u{202e}",
            "\u{1b}",
            "onerror=alert(1)>",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}: {html}");
        }
        let elements = html.matches('<').count();
        let known = [
            "<!doctype",
            "<html",
            "</html",
            "<head",
            "</head",
            "<meta",
            "<title",
            "</title",
            "<style",
            "</style",
            "<body",
            "</body",
            "<h1",
            "</h1",
            "<h2",
            "</h2",
            "<p",
            "</p",
            "<table",
            "</table",
            "<tr",
            "</tr",
            "<th",
            "</th",
            "<td",
            "</td",
        ];
        let counted: usize = known
            .iter()
            .map(|name| {
                let ends = [format!("{name}>"), format!("{name} "), format!("{name}\n")];
                ends.iter()
                    .map(|end| html.matches(end.as_str()).count())
                    .sum::<usize>()
            })
            .sum();
        assert_eq!(elements, counted, "{html}");
        let markdown = markdown(&page);
        assert_eq!(
            markdown
                .lines()
                .filter(|line| line.starts_with('|'))
                .count(),
            HOSTILE.len() + 2
        );
        assert_eq!(
            markdown
                .lines()
                .filter(|line| line.starts_with('#'))
                .count(),
            3,
            "{markdown}"
        );
        for forbidden in ["<script", "<img", "](", "\u{202e}", "\u{1b}"] {
            assert!(!markdown.contains(forbidden), "{forbidden}: {markdown}");
        }
    }
}
