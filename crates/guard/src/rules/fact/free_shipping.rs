//! When "free" speaks of the shipping without standing beside it: "the delivery of your order is free", "your order
//! ships free", "te enviamos gratis el pedido". Used by F8.
//!
//! "Free beans with every delivery" gives away the beans: it is no such thing.

use crate::case::Part;
use std::ops::Range;

fn is_shipping(word: &str) -> bool {
    matches!(
        word,
        "shipping"
            | "delivery"
            | "postage"
            | "envio"
            | "envios"
            | "entrega"
            | "entregas"
            | "porte"
            | "portes"
    )
}

fn ships(word: &str) -> bool {
    matches!(word, "ship" | "ships" | "shipped" | "delivered" | "deliver" | "delivers")
}

fn sends(word: &str) -> bool {
    matches!(
        word,
        "send"
            | "sends"
            | "sent"
            | "enviamos"
            | "envia"
            | "enviaremos"
            | "mandamos"
            | "mandaremos"
            | "llevamos"
    )
}

fn is_order(word: &str) -> bool {
    matches!(
        word,
        "order"
            | "orders"
            | "parcel"
            | "parcels"
            | "purchase"
            | "basket"
            | "pedido"
            | "pedidos"
            | "compra"
            | "compras"
            | "paquete"
            | "paquetes"
            | "cesta"
    )
}

fn is_copula(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "comes"
            | "come"
            | "goes"
            | "be"
            | "stays"
            | "es"
            | "son"
            | "sale"
            | "salen"
            | "va"
            | "van"
            | "sera"
            | "seran"
            | "queda"
            | "resulta"
    )
}

/// Words that may stand after "free" without being what is free.
fn goes_on(word: &str) -> bool {
    !word.starts_with(char::is_alphabetic)
        || matches!(
            word,
            "until"
                | "till"
                | "through"
                | "on"
                | "for"
                | "with"
                | "when"
                | "and"
                | "or"
                | "from"
                | "if"
                | "over"
                | "to"
                | "in"
                | "by"
                | "before"
                | "of"
                | "this"
                | "as"
                | "too"
                | "now"
                | "hasta"
                | "en"
                | "para"
                | "con"
                | "si"
                | "desde"
                | "a"
                | "y"
                | "o"
                | "cuando"
                | "por"
                | "durante"
                | "antes"
                | "ahora"
        )
}

fn is_determiner(word: &str) -> bool {
    matches!(
        word,
        "your"
            | "the"
            | "every"
            | "all"
            | "any"
            | "next"
            | "first"
            | "second"
            | "it"
            | "them"
            | "for"
            | "whole"
            | "tu"
            | "tus"
            | "el"
            | "la"
            | "los"
            | "las"
            | "lo"
            | "cada"
            | "todo"
            | "todos"
            | "su"
            | "proximo"
            | "proxima"
            | "primer"
            | "primera"
            | "segundo"
            | "segunda"
            | "te"
            | "de"
    )
}

/// True when the "free" at these tokens is said of the shipping.
pub(super) fn says_so(part: &Part<'_>, free: &Range<usize>) -> bool {
    const REACH: usize = 9;
    let text = &part.text;
    let clause = text.clause(free.start);
    let head: Vec<usize> = (clause.start..free.start).rev().take(REACH).collect();
    let words: Vec<&str> = head
        .iter()
        .map(|at| text.word(*at))
        .skip_while(|word| {
            matches!(
                *word,
                "not"
                    | "isn't"
                    | "aren't"
                    | "never"
                    | "no"
                    | "totally"
                    | "completely"
                    | "always"
                    | "also"
                    | "for"
                    | "totalmente"
                    | "siempre"
            )
        })
        .collect();
    let next = text.word(free.end);
    // "The delivery of your second order is free": the shipping, a verb of being right before, nothing after.
    let copula = words.first().is_some_and(|word| is_copula(word))
        || head.first().is_some_and(|at| matches!(text.word(*at), "isn't" | "aren't"));
    if copula && words.iter().any(|word| is_shipping(word)) {
        return goes_on(next);
    }
    // "Ships free", "we send your order free", "te enviamos gratis el próximo pedido".
    let Some(verb) = words.iter().position(|word| ships(word) || sends(word)) else { return false };
    let between = words.get(..verb).unwrap_or_default();
    let object_is_the_order = between.iter().all(|word| is_order(word) || is_determiner(word));
    let said = between.iter().any(|word| is_order(word)) || words.get(verb).is_some_and(|word| ships(word));
    let after =
        (free.end..clause.end).map(|at| text.word(at)).find(|word| !is_determiner(word)).unwrap_or("");
    object_is_the_order && ((goes_on(next) && said) || is_order(after))
}
