//! Two ways of writing that hide words from a reader of words: letters set apart (`L.A.S.T  C.H.A.N.C.E`, `4 0 %`) and
//! letters that stand for digits (`5O %`). Works on folded bytes; says which to drop and which to replace.
//!
//! Initials such as `U.S.A.` and formulas such as `H2O` stay as they are.

/// Fewer letters than this in a row are initials.
const LETTERS: usize = 4;

/// For each byte of a folded text: whether it stays. `None` when all do.
pub(super) fn kept(text: &str) -> Option<Vec<bool>> {
    let bytes = text.as_bytes();
    let mut kept: Option<Vec<bool>> = None;
    let mut at = 0;
    while at < bytes.len() {
        let count = run(bytes, at);
        if count < 2 {
            at += 1;
            continue;
        }
        let run: Vec<usize> = (at..).step_by(2).take(count).collect();
        let letters = run.iter().filter(|at| bytes.get(**at).is_some_and(u8::is_ascii_alphabetic)).count();
        let last = run.last().copied().unwrap_or(at);
        let percent = letters == 0
            && text.get(last + 1..).is_some_and(|tail| tail.trim_start_matches(' ').starts_with('%'));
        if letters >= LETTERS || percent {
            let kept = kept.get_or_insert_with(|| vec![true; bytes.len()]);
            for pair in run.windows(2) {
                let [one, next] = pair else { continue };
                // Between a letter and a digit a word ends.
                let alike = |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_digit);
                if let (true, Some(between)) = (alike(one) == alike(next), kept.get_mut(one + 1)) {
                    *between = false;
                }
            }
        }
        at = last + 1;
    }
    kept
}

/// How many single letters and digits follow each other, with one and the same mark between them.
fn run(bytes: &[u8], start: usize) -> usize {
    let alone = |at: usize| {
        let sign = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|b| !is_inside_a_word(*b));
        bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) && sign(at.checked_sub(1)) && sign(Some(at + 1))
    };
    let Some(mark) = bytes.get(start + 1).copied().filter(|b| b" .-_*".contains(b)) else { return 0 };
    let mut count = 0;
    while alone(start + 2 * count) {
        count += 1;
        if bytes.get(start + 2 * count - 1) != Some(&mark) {
            break;
        }
    }
    count
}

const fn is_inside_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'\''
}

/// Letters that stand for digits, with the digit: those between digits, or alone, right before a percent or currency
/// sign.
pub(super) fn digits(text: &str) -> Vec<(usize, u8)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if !byte.is_ascii_digit() && digit(*byte).is_none() {
            at += 1;
            continue;
        }
        let after_sign = text.get(..at).is_some_and(|head| head.ends_with(['€', '$', '£']));
        let opens = after_sign
            || at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|b| !is_inside_a_word(*b));
        if !opens {
            at += 1;
            continue;
        }
        let end = (at..bytes.len())
            .find(|at| {
                let byte = bytes.get(*at).copied().unwrap_or(b' ');
                let inside = byte.is_ascii_digit() || digit(byte).is_some();
                let mark = matches!(byte, b'.' | b',')
                    && bytes.get(at + 1).is_some_and(|b| b.is_ascii_digit() || digit(*b).is_some());
                !inside && !mark
            })
            .unwrap_or(bytes.len());
        let run = bytes.get(at..end).unwrap_or_default();
        let rest = text.get(end..).unwrap_or("");
        let has_digit = run.iter().any(u8::is_ascii_digit);
        let amount = {
            let rest = rest.trim_start_matches([' ', '\u{a0}']);
            ["%", "€", "£", "$", "percent", "per cent", "por ciento", "euro", "eur"]
                .iter()
                .any(|sign| rest.starts_with(sign))
        };
        if (has_digit && (amount || after_sign)) || (run.len() <= 3 && rest.starts_with('%')) {
            found.extend(
                run.iter().enumerate().filter_map(|(n, byte)| digit(*byte).map(|digit| (at + n, digit))),
            );
        }
        at = end.max(at + 1);
    }
    found
}

const fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'o' => b'0',
        b'l' | b'i' => b'1',
        b'z' => b'2',
        b's' => b'5',
        b'b' => b'8',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::text::fold::fold;

    #[test]
    fn letters_set_apart_are_read_as_words_and_initials_are_not() {
        assert_eq!(fold("L.A.S.T  C.H.A.N.C.E now"), "last  chance now");
        assert_eq!(fold("H-U-R-R-Y, friends"), "hurry, friends");
        assert_eq!(fold("Ú L T I M O S  D Í A S"), "ultimos  dias");
        assert_eq!(fold("S A V E 4 0 %"), "save 40 %");
        assert_eq!(fold("Aurora S.L. in the U.S.A., plan A or B"), "aurora s.l. in the u.s.a., plan a or b");
        assert_eq!(fold("call 9 1 0"), "call 9 1 0");
    }

    #[test]
    fn letters_among_the_digits_of_an_amount_are_digits() {
        assert_eq!(fold("5O% or 2S %, l5 %"), "50% or 25 %, 15 %");
        assert_eq!(fold("€2O and 1O.OOO €"), "€20 and 10.000 €");
        assert_eq!(fold("50 ml of H2O, size S, 100% OSLO"), "50 ml of h2o, size s, 100% oslo");
    }
}
