//! Conversion of titles to identifiers. The guide documents the rules: `docs/guide/src/reference/ontology.md`.

/// Words that cannot be identifiers, with those that are reserved for future versions of Rust.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Returns the title as the name of a type or variant, such as `CarLeft` for `Car (left)`. `None` if no letter or digit is left.
pub(super) fn pascal(title: &str) -> Option<String> {
    let name: String = words(title).iter().map(|word| capitalized(word)).collect();
    finished(name, 'N')
}

/// Returns the title as the name of a function, field or module, such as `car_left`.
pub(super) fn snake(title: &str) -> Option<String> {
    let words: Vec<String> = words(title).iter().map(|word| word.to_lowercase()).collect();
    finished(words.join("_"), 'n')
}

/// Returns the name of a function or field as the name of a constant.
pub(super) fn screaming(snake: &str) -> String {
    snake.to_uppercase()
}

/// Adds an underscore to a name that is taken.
pub(super) fn reserve(name: String, taken: &[&str]) -> String {
    if taken.contains(&name.as_str()) { format!("{name}_") } else { name }
}

fn finished(name: String, digit_prefix: char) -> Option<String> {
    let first = name.chars().next()?;
    let name = if unicode_ident::is_xid_start(first) { name } else { format!("{digit_prefix}{name}") };
    Some(reserve(name, &KEYWORDS))
}

/// Splits a title into words: at every character that identifiers cannot have, and where a capital letter begins a word.
/// Apostrophes are dropped.
fn words(title: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let characters: Vec<char> = title.chars().filter(|character| !matches!(character, '\'' | '’')).collect();
    for (index, character) in characters.iter().enumerate() {
        if !unicode_ident::is_xid_continue(*character) || *character == '_' {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(index + 1);
        let is_start = character.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase())));
        if is_start {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(*character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + &characters.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_titles_by_the_documented_rules() {
        for (title, type_name, function) in [
            ("Coin", "Coin", "coin"),
            ("Item outline", "ItemOutline", "item_outline"),
            ("Car (left)", "CarLeft", "car_left"),
            ("edge-of-frame", "EdgeOfFrame", "edge_of_frame"),
            ("snake_case", "SnakeCase", "snake_case"),
            ("HTTPServer", "HttpServer", "http_server"),
            ("RGB", "Rgb", "rgb"),
            ("Driver's side", "DriversSide", "drivers_side"),
            ("type", "Type", "type_"),
            ("Self", "Self_", "self_"),
            ("3D box", "N3dBox", "n3d_box"),
            ("Größe", "Größe", "größe"),
            ("車", "車", "車"),
            ("50 %", "N50", "n50"),
        ] {
            assert_eq!(pascal(title).as_deref(), Some(type_name), "{title}");
            assert_eq!(snake(title).as_deref(), Some(function), "{title}");
        }
        assert_eq!((pascal("???"), snake("")), (None, None));
        assert_eq!(screaming("edge_of_frame"), "EDGE_OF_FRAME");
    }

    #[test]
    fn every_name_is_an_identifier() {
        for title in ["हिन्दी", "naïve", "e\u{301}té", "a²", "½", "日本 語", "🚗 car", "_", "__x__", "ﬁ", "ªb", "ß"]
        {
            for name in [pascal(title), snake(title)].into_iter().flatten() {
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{title}: {name}");
            }
        }
    }
}
