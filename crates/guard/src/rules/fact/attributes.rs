//! The attributes F8 knows, each with the predicates that may affirm it and the phrases that claim it, in both
//! languages; and honest look-alikes. Data only.

use crate::phrase::{Cues, SAFE};

/// An attribute: its tag among the cues and the predicates of facts about it.
pub(super) struct Attribute {
    pub(super) tag: u16,
    pub(super) predicates: &'static [&'static str],
}

/// "Free" something that has no entry of its own.
pub(super) const FREE: u16 = 0;
/// Free shipping, in whatever words.
pub(super) const FREE_SHIPPING: u16 = 1;

macro_rules! attributes {
    ($($tag:literal $predicates:tt: $phrases:tt,)+) => {
        pub(super) static ATTRIBUTES: &[Attribute] = &[$(Attribute { tag: $tag, predicates: &$predicates }),+];

        pub(super) const CUES: &[Cues] = &[
            Cues { tag: SAFE, phrases: LOOK_ALIKES },
            $(Cues { tag: $tag, phrases: &$phrases }),+
        ];
    };
}

attributes! {
    0 ["free"]: [
        "free", "gratis", "gratuito|gratuita|gratuitos|gratuitas", "complimentary", "sin coste|costo|cargo", "at no cost",
        "no extra cost|charge",
    ],
    1 ["free_shipping"]: [
        "free <w>? shipping|delivery|postage", "shipping|delivery is|are? free|included", "we pay the? shipping|postage", "shipping|delivery is? on us", "envio|entrega corre por nuestra",
        "envio|envios|entrega|entregas <w>? gratis|gratuito|gratuita|gratuitos|gratuitas", "envio|envios incluido|incluidos",
        "sin gastos de envio", "gastos de envio gratis|gratuitos|incluidos", "no shipping cost|costs|fee|fees",
    ],
    2 ["free_returns"]: [
        "free <w>? returns|return", "returns are free", "devolucion|devoluciones|cambios <w>? gratis|gratuita|gratuitas",
    ],
    3 ["free_wifi"]: ["free wi fi|fi?", "free wifi", "wi fi gratis|gratuito", "wifi gratis|gratuito", "wifi incluido", "wi fi included"],
    4 ["free_trial"]: ["free <w>? trial", "prueba gratis|gratuita"],
    5 ["free_cancellation"]: ["free cancellation", "cancelacion gratis|gratuita", "cancel for free|at no cost"],
    6 ["free_parking"]: ["free parking", "parking gratis|gratuito", "aparcamiento gratis|gratuito"],
    7 ["free_gift", "gift"]: ["free gift", "regalo gratis|incluido|seguro", "de regalo", "gift included", "special gift"],
    8 ["gift_wrapping", "free_gift_wrapping"]: ["free gift wrapping|wrap", "gift wrapping included", "envoltorio gratis|gratuito"],
    10 ["waterproof", "water_resistant"]: ["waterproof", "water resistant", "impermeable|impermeables", "resistente al|a agua", "resistente al agua"],
    11 ["organic"]: ["organic", "organico|organica|organicos|organicas"],
    12 ["vegan"]: ["vegan", "vegano|vegana|veganos|veganas"],
    13 ["vegetarian"]: ["vegetarian", "vegetariano|vegetariana|vegetarianos|vegetarianas"],
    14 ["gluten_free"]: ["gluten free", "sin gluten", "free of|from gluten"],
    15 ["lactose_free"]: ["lactose free", "dairy free", "sin lactosa"],
    16 ["sugar_free", "no_added_sugar"]: ["sugar free", "no added sugar", "sin azucar|azucares", "sin azucar|azucares anadido|anadidos"],
    17 ["fragrance_free"]: ["fragrance|perfume free", "sin fragancia|perfume"],
    18 ["cruelty_free"]: ["cruelty free", "not tested on animals", "sin crueldad", "no testado en animales"],
    19 ["plant_based"]: ["plant based", "de origen vegetal", "base vegetal"],
    21 ["recyclable"]: ["recyclable", "reciclable|reciclables"],
    22 ["recycled"]: ["recycled", "reciclado|reciclada|reciclados|recicladas"],
    24 ["handmade"]: ["handmade", "hand made", "handcrafted", "hand crafted", "hecho|hecha|hechos|hechas a mano", "artesanal|artesanales"],
    25 ["fair_trade"]: ["fair trade", "fairtrade", "comercio justo"],
    26 ["rechargeable"]: ["rechargeable", "recargable|recargables"],
    27 ["wireless"]: ["wireless", "inalambrico|inalambrica|inalambricos|inalambricas"],
    28 ["dimmable"]: ["dimmable", "luz|intensidad|lampara regulable", "regulable en intensidad"],
    29 ["dishwasher_safe"]: ["dishwasher safe", "apto|apta|aptos|aptas para lavavajillas"],
    30 ["machine_washable"]: ["machine washable", "lavable|lavables a maquina", "apto para lavadora"],
    31 ["warranty"]: ["warranty", "sin garantia"],
    32 ["breakfast_included"]: ["breakfast included", "desayuno incluido"],
    33 ["helmet_included"]: ["helmet included", "casco incluido"],
    34 ["roadside_assistance"]: ["roadside assistance", "asistencia en carretera"],
    35 ["installation_included"]: ["installation included", "free installation", "instalacion incluida|gratis|gratuita"],
    36 ["interest_free"]: ["interest free", "sin intereses", "no interest"],
    37 ["no_commitment"]: ["no commitment|contract", "sin permanencia"],
    38 ["limited_edition"]: ["limited edition", "edicion limitada"],
    39 ["hypoallergenic"]: ["hypoallergenic", "hipoalergenico|hipoalergenica|hipoalergenicos"],
    40 ["dermatologically_tested"]: ["dermatologically tested", "dermatologicamente probado|testado|testada"],
    41 ["bluetooth"]: ["bluetooth"],
    42 ["usb_c"]: ["usb c"],
    43 ["pets_allowed"]: ["pets allowed|welcome", "pet friendly", "se admiten mascotas"],
    44 ["same_day_delivery", "next_day_delivery", "express_delivery"]: [
        "same|next day delivery|shipping", "express delivery|shipping", "entrega en el dia", "envio|entrega urgente|express",
        "entrega al dia siguiente",
    ],
    45 ["support_24_7"]: ["24 / 7", "24 hour support|service", "24 horas al dia", "round the clock support"],
    46 ["bpa_free"]: ["bpa free", "sin bpa", "libre de bpa"],
    47 ["made_in_spain", "made_in"]: ["made in <w>", "hecho|hecha|fabricado|fabricada en espana|europa|italia|portugal|francia"],
    48 ["extra_virgin"]: ["extra virgin", "virgen extra"],
    49 ["insured"]: ["fully insured", "seguro incluido"],
}

const LOOK_ALIKES: &[&str] = &[
    // "free" that costs nothing because nothing is sold
    "feel free",
    "buy|take <n> ,? and? get|take <n> <w>? free",
    "compra|lleva <n> ,? y? llevate|te? <w>? <n> <w>? gratis",
    "feels free",
    "free time|will|spirit|hand|hands|day|days|weekend|evening|afternoon|morning|moment|hour|range",
    "free up",
    "free yourself|us|you|them",
    "set|sets|break|breaks free",
    "free to",
    "free from|of worry|stress|worries",
    "toll free",
    "hassle|worry|stress|care|risk|pain free",
    "free moments|hours|schedule|space|as",
    "free speech|market",
    "wrinkle|crease|lint|streak|fuss free",
    "are|am|is|be|were you free",
    "when|if you're free",
    "you're|we're|i'm free",
    "alcohol|smoke|duty|tax|hands|ad free",
    "free of charge to? unsubscribe",
    "unsubscribe <..> free",
    "unsubscribe free",
    "free of charge <..> unsubscribe",
    "baja|darte|darse <..> gratis",
    "baja gratuita",
    "tiempo|rato|dia|tarde libre",
    // attributes that speak of something else
    "organic growth|search|traffic|reach",
    "sustainable growth|pace",
    "no warranty of",
    "free account|newsletter",
    "de regalo para",
    "ideal|ideas|idea|perfecto|perfecta para|de regalo|regalo",
    "ideas de regalo",
    "tarjeta|papel|bono|cheque de regalo",
    "made in heaven",
    "resistente a la",
    "gift ideas",
    "perfect gift",
    "sin gastos de gestion",
    "interest free to",
    "no contract|commitment to",
];

/// The predicates of an attribute, by its tag among the cues.
pub(crate) fn predicates(tag: u16) -> &'static [&'static str] {
    ATTRIBUTES.iter().find(|attribute| attribute.tag == tag).map_or(&[], |attribute| attribute.predicates)
}
