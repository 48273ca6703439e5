//! Honest copy passes: supported statements, and the look-alikes of every rule.

use crate::desk;
use terms::customer::Language;
use terms::message::Field;

const ENGLISH: &[&str] = &[
    "Save 20 % until 29 November.",
    "Save 20% until Sunday with your welcome voucher of €10.",
    "The Aurora desk lamp now costs €39 instead of €49.",
    "You can unsubscribe at any time, free of charge.",
    "Best regards, your friends at Lumo",
    "All the best from Madrid.",
    "The last time you ordered, you chose the Aurora desk lamp.",
    "Feel free to write to us whenever you like.",
    "Make the most of your evenings.",
    "There is no hurry, take all the time you need.",
    "We do our best to answer within two days.",
    "Thank you for being one of our best customers.",
    "In the last few days we have read a lot of your letters.",
    "Visit us today or tomorrow, whichever suits you.",
    "The lamp is not waterproof, so keep it indoors.",
    "Free shipping on orders over €30.",
    "We wish you the best for the new year.",
    "Hello Ana, we have missed you.",
    "Do you have some free time this weekend?",
    "Which colour would suit your desk best?",
    "It is dimmable and charges by USB-C.",
    "Made of 100 % recycled aluminium.",
    "Returns are free, and so is your opinion.",
    "At least you will know where your keys are.",
    "We don't want you to miss a delivery: check your address.",
    "“The light is soft and easy on the eyes” – Marta",
    "Use the code “WELCOME BACK” at the till.",
    "Write to hello@lumo.example or call +34 910 000 000.",
    "We sent this to ana@example.org.",
    "Your order no. 123456789 has been delivered.",
    "We cannot guarantee that it fits every desk.",
    "Two years of guarantee, repair or replacement.",
    "Only 3 left in stock.",
    "The offer ends in 60 hours, on Sunday.",
    "Our shop opens at ten; you may come in, look around and leave.",
    "The 2x1 offer on bulbs goes on.",
    "Half of the desks we see are too dark.",
    "We are 100% with you.",
    "The best time to read is in the evening.",
    "A lamp for under €40.",
    "If you no longer want our messages, tell us.",
    "The best desk lamp of 2026, says a reader test of 40 lamps.",
    "Every Sunday is a good day for a book.",
    "Reading is better with good light, and you know best what you like.",
    "Just three steps: unpack, plug in, read.",
    "Good morning, Ana. The kettle is on and the new catalogue is out.",
    "We moved to a bigger workshop last month, and you are welcome to visit.",
    "It was the best summer we can remember.",
    "Our team picked three lamps that go well with oak.",
    "If the first letter never reached you, here it is again.",
    "You told us you like reading at night, so we wrote a short guide.",
    "Which of the two would you rather have?",
    "There's still time to change your preferences.",
    "A short walk after lunch does more than coffee.",
    "We hope the lamp still serves you well after 2 years.",
    "Your points do not expire.",
    "Do not worry about the cable, we keep spares.",
    "Last chance to see the exhibition was in May, but we kept the photos.",
    "Prices include VAT.",
    "Open from Monday to Friday, 10:00 to 18:00.",
    "Come by before you leave for the holidays.",
    "Thank you for your order of two lamps.",
    "We answer every letter, sooner or later.",
    "As a member you choose how often we write: weekly, monthly or never.",
    "Warm light helps you wind down at the end of the day.",
    "Nothing to buy, nothing to click: just a thank you.",
    "More than a lamp, it is a companion for long evenings.",
    "We packed it by hand on Tuesday.",
    "One of you asked how to clean the shade; use a dry cloth.",
    "You can return it within the period stated in our terms.",
    "Since you asked: yes, the bulb can be replaced.",
    "It takes about five minutes to set up.",
    "The first 10 pages of the guide are on our site.",
    "We'd love to hear what you think.",
    "Take a moment for yourself this weekend.",
];

const SPANISH: &[&str] = &[
    "Ahorra un 20 % hasta el 29 de noviembre.",
    "20 % de descuento hasta el domingo y un vale de 10 €.",
    "La lámpara Aurora cuesta ahora 39 € en vez de 49 €.",
    "Puedes darte de baja gratis cuando quieras.",
    "Un saludo y hasta pronto.",
    "¡Hasta mañana!",
    "Con nuestros mejores deseos.",
    "La última vez que compraste elegiste la lámpara Aurora.",
    "Escríbenos al menos una vez.",
    "Saca lo mejor de ti.",
    "Sin prisas: tómate tu tiempo.",
    "En los últimos días hemos leído muchas cartas vuestras.",
    "Pásate hoy o mañana, como te venga mejor.",
    "La lámpara no es impermeable; úsala dentro de casa.",
    "Envío gratis en pedidos a partir de 30 €.",
    "Te deseamos lo mejor para el año nuevo.",
    "Hola, Ana: te echábamos de menos.",
    "¿Tienes tiempo libre este fin de semana?",
    "¿Qué color le va mejor a tu mesa?",
    "Es de luz regulable y se carga por USB-C.",
    "Las devoluciones son cosa nuestra.",
    "Haremos todo lo posible por ayudarte mejor.",
    "Es la mejor manera de leer sin cansarte.",
    "Usa el código «HOLA20» en la caja.",
    "Escribe a hello@lumo.example o llama al 910 000 000.",
    "Enviamos este correo a ana@example.org.",
    "Tu pedido n.º 612345678 ya está entregado.",
    "No podemos garantizar que quepa en todas las mesas.",
    "Con nuestra garantía de dos años.",
    "Solo quedan 3 unidades.",
    "La oferta termina el domingo 29 de noviembre.",
    "Abrimos a las diez; puedes entrar y mirar sin compromiso.",
    "El 2x1 en bombillas continúa.",
    "La mitad de las mesas que vemos son oscuras.",
    "Estamos 100 % contigo.",
    "Lo más importante eres tú.",
    "Una lámpara por menos de 40 €.",
    "Si ya no quieres recibir nuestros mensajes, dínoslo.",
    "La mejor lámpara de escritorio de 2026, según una prueba de lectores.",
    "Cada domingo es buen día para un libro.",
    "Una idea para los más pequeños de la casa.",
    "Hasta un 40 % de descuento en toda la tienda.",
    "Mejor con buena luz, como todo lo que se lee.",
    "Gracias por seguir con nosotros un año más.",
    "Quedan pocos días para el invierno.",
    "Buenos días, Ana: el catálogo nuevo ya está aquí.",
    "El mes pasado nos mudamos a un taller más grande.",
    "Fue el mejor verano que recordamos.",
    "Nuestro equipo ha elegido tres lámparas que van bien con el roble.",
    "Si la primera carta no te llegó, aquí la tienes otra vez.",
    "Nos dijiste que te gusta leer de noche y hemos escrito una guía.",
    "¿Con cuál de las dos te quedas?",
    "Todavía puedes cambiar tus preferencias.",
    "Un paseo después de comer hace más que un café.",
    "Esperamos que la lámpara te siga acompañando después de 2 años.",
    "Tus puntos no caducan.",
    "No te preocupes por el cable, guardamos recambios.",
    "Los precios incluyen el IVA.",
    "Abrimos de lunes a viernes, de 10:00 a 18:00.",
    "Ven a vernos antes de irte de vacaciones.",
    "Gracias por tu pedido de dos lámparas.",
    "Respondemos a todas las cartas, antes o después.",
    "Como socia decides cada cuánto te escribimos: cada semana, cada mes o nunca.",
    "La luz cálida te ayuda a terminar bien el día.",
    "Nada que comprar, nada que pulsar: solo gracias.",
    "Más que una lámpara, es una compañera de tardes largas.",
    "La empaquetamos el martes.",
    "Alguien preguntó cómo limpiar la pantalla; usa un paño seco.",
    "Puedes devolverla en el plazo que indican nuestras condiciones.",
    "Ya que lo preguntas: sí, la bombilla se puede cambiar.",
    "Montarla lleva unos cinco minutos.",
    "Las primeras 10 páginas de la guía están en nuestra web.",
    "Nos encantaría saber qué piensas.",
    "Dedícate un rato este fin de semana.",
    "Al final del día, una buena luz lo cambia todo.",
];

#[test]
fn honest_copy_is_not_held_back() {
    let mut faults = Vec::new();
    let mut shown = Vec::new();
    for (language, texts) in [(Language::English, ENGLISH), (Language::Spanish, SPANISH)] {
        assert!(texts.len() >= 40);
        for text in texts {
            let report = desk::read(desk::facts(), language, Field::Body, text);
            let blocking: Vec<_> = report
                .findings
                .iter()
                .filter(|f| f.blocks)
                .map(|f| format!("{} `{}`", f.rule, f.quote))
                .collect();
            shown
                .extend(report.findings.into_iter().filter(|f| f.rule == "L1").map(|f| (f.quote, f.message)));
            if !blocking.is_empty() {
                faults.push(format!("{text}: {}", blocking.join(", ")));
            }
        }
    }
    eprintln!("honest copy held back: {} of {}", faults.len(), ENGLISH.len() + SPANISH.len());
    assert!(faults.is_empty(), "{faults:#?}");
    let all = ENGLISH.len() + SPANISH.len();
    assert!(shown.len() * 20 <= all, "learned cues show more than 5 % of honest copy: {shown:#?}");
}
