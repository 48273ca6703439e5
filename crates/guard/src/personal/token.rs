//! Tokens for the tagger, cut finer than those of rules and with every sign: runs of letters, runs of digits, single
//! signs. A letter and a digit side by side are one token ("28001B"), as people copy numbers as one.

/// Bytes of a token, and whether a line ends before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) new_line: bool,
    pub(super) space: bool,
}

pub(super) fn cut(text: &str) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::with_capacity(text.len() / 5 + 1);
    let (mut new_line, mut space) = (true, true);
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            new_line |= c == '\n';
            space = true;
            in_word = false;
            continue;
        }
        let word = c.is_alphanumeric();
        match cuts.last_mut() {
            Some(last) if word && in_word => last.end = end,
            _ => {
                cuts.push(Cut { start: at, end, new_line, space });
                new_line = false;
            }
        }
        in_word = word;
        space = false;
    }
    cuts
}
