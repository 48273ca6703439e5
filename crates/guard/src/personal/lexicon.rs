//! A small lexicon, written for this: words that stand beside personal data or are it. Each word has a set of classes;
//! the tagger learns what they are worth. It is short on purpose: no list of names is ever complete, and the
//! tagger has the shape of a word and what surrounds it.

use crate::phrase::Fnv;
use std::collections::HashMap;
use std::sync::LazyLock;

const CLASSES: &[&str] = &[
    // Given names.
    "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark \
     donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary \
     nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick \
     jack dennis jerry tyler aaron henry adam peter nathan zachary walter kyle harold carl arthur gerald roger keith \
     jeremy terry lawrence sean christian albert joe ethan austin noah logan alan juan jose carlos luis miguel antonio \
     francisco manuel javier jesus pedro alejandro jorge fernando sergio alberto pablo rafael angel ramon enrique \
     vicente andres diego raul ignacio oscar mary patricia jennifer linda elizabeth barbara susan jessica sarah karen \
     lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda dorothy melissa deborah \
     stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha \
     katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia \
     victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann \
     sara madison frances kathryn janice jean abigail alice julia judy sophia grace denise amber doris marilyn \
     danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori carmen ana isabel \
     dolores pilar josefa rosa lucia cristina marta elena raquel mercedes rosario beatriz silvia montserrat concepcion \
     irene natalia rocio monica alba encarnacion hans klaus jurgen wolfgang uwe stefan thomas andreas matthias heike \
     ursula petra sabine monika birgit anke katrin pierre jacques michel philippe alain bernard nicolas julien camille \
     chloe lea manon giuseppe giovanni francesco marco luca matteo andrea alessandro davide giulia chiara francesca \
     elisa martina piotr jan krzysztof andrzej tomasz pawel agnieszka katarzyna malgorzata ewa zofia lars anders erik \
     nils sven johan bjorn ingrid astrid karin birgitta kristina mikko juha matti antti anneli pekka hanna ivan dmitri \
     sergei vladimir olga tatiana svetlana natasha mohammed ahmed ali hassan omar fatima aisha yusuf khalid wei li \
     yuki hiroshi akira kenji sakura haruto arjun priya rahul anil sunita deepak nguyen minh jakub tomas petr jana eva \
     istvan laszlo zoltan katalin eszter joao tiago rui ines mateus gustavo beatrice silvana caleb chad vanessa debra",
    // Common surnames.
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson \
     anderson taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker \
     young allen king wright torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter \
     roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook \
     rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos cox ward richardson watson brooks \
     chavez wood bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez \
     fernandez moreno munoz alonso romero navarro dominguez vazquez gil serrano blanco molina suarez ortega delgado \
     castro rubio marin sanz nunez iglesias medina garrido cortes santos guerrero lozano cano prieto mendez calvo \
     muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann dubois durand leroy moreau rossi russo \
     ferrari esposito bianchi kowalski nowak novak svensson johansson hansen jensen nielsen virtanen korhonen",
    // Titles and how people are addressed.
    "mr mrs ms miss dr prof sir madam mister professor doctor sr sra srta don dona dra dear hi hello hola estimado \
     estimada querido querida",
    // Streets and what stands in addresses.
    "street st avenue ave av road rd lane ln drive dr boulevard blvd court ct square sq terrace place pl parkway \
     highway hwy way rue chemin impasse allee quai via viale corso piazza vicolo calle c paseo plaza avenida avda \
     carretera ctra camino ronda travesia urbanizacion glorieta strasse weg platz gasse allee laan straat plein gracht \
     kade dreef gata gatan vagen vag vej gade alle ul ulica aleja osiedle utca ut ter tie katu kuja polku rua travessa \
     praca estrada namesti ulice",
    // Parts of a building, and boxes.
    "apt apartment suite unit floor flat box po psc unit room piso puerta bloque escalera bajo portal planta apartado \
     cp zip postal postcode dpo apo fpo",
    // Countries.
    "afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahrain bangladesh \
     belarus belgium belize benin bolivia bosnia botswana brazil bulgaria cambodia cameroon canada chad chile china \
     colombia congo croatia cuba cyprus czechia denmark ecuador egypt england estonia ethiopia finland france georgia \
     germany ghana greece greenland guatemala haiti honduras hungary iceland india indonesia iran iraq ireland israel \
     italy jamaica japan jordan kazakhstan kenya korea kosovo kuwait latvia lebanon liberia libya lithuania luxembourg \
     macedonia malaysia mali malta mexico moldova monaco mongolia montenegro morocco mozambique namibia nepal \
     netherlands nicaragua niger nigeria norway oman pakistan panama paraguay peru philippines poland portugal qatar \
     romania russia rwanda samoa scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden \
     switzerland syria taiwan tanzania thailand tunisia turkey uganda ukraine uruguay usa uk us uae uzbekistan \
     venezuela vietnam wales yemen zambia zimbabwe zealand espana francia alemania italia marruecos rumania ecuador \
     mexico brasil suecia suiza rusia polonia belgica holanda ucrania turquia egipto grecia hungria croatia",
    // Nationalities, languages, faiths.
    "american british english scottish irish welsh french german spanish italian portuguese dutch belgian swiss \
     austrian danish swedish norwegian finnish icelandic polish czech slovak hungarian romanian bulgarian greek turkish \
     russian ukrainian serbian croatian slovenian estonian latvian lithuanian chinese japanese korean vietnamese thai \
     indian pakistani bangladeshi indonesian malaysian filipino australian canadian mexican brazilian argentine chilean \
     colombian peruvian venezuelan cuban egyptian moroccan algerian tunisian nigerian kenyan ethiopian israeli iranian \
     iraqi syrian lebanese saudi jewish muslim christian catholic hindu buddhist african asian european latino \
     hispanic espanol espanola frances francesa aleman alemana italiano italiana portugues portuguesa ingles inglesa \
     marroqui rumano rumana ecuatoriano ecuatoriana colombiano colombiana peruano peruana chino china boliviano \
     boliviana argentino argentina dominicano dominicana",
    // Months.
    "january february march april may june july august september october november december jan feb mar apr jun jul aug \
     sep sept oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    // Days and relative days.
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday tonight weekend mon tue wed thu \
     fri sat sun lunes martes miercoles jueves viernes sabado domingo hoy manana ayer",
    // Organisations.
    "inc llc ltd plc corp corporation company co gmbh ag sa sl slu srl bv nv ab oy oyj as aps group holding holdings \
     bank university college school institute hospital clinic foundation association associates partners sons brothers \
     industries systems technologies solutions services orchestra museum ministry department council committee \
     agency club team stores motors airlines railways universidad instituto fundacion asociacion clinica servicio \
     departamento centro ayuntamiento ministerio facultad banco grupo",
    // Well-known cities.
    "london paris berlin madrid barcelona rome vienna prague budapest warsaw lisbon dublin brussels amsterdam \
     copenhagen stockholm oslo helsinki athens istanbul moscow kyiv york angeles chicago houston phoenix philadelphia \
     antonio diego dallas austin boston seattle denver washington detroit memphis portland miami atlanta toronto \
     montreal vancouver sydney melbourne brisbane perth auckland wellington tokyo osaka beijing shanghai hong delhi \
     mumbai bangkok jakarta manila seoul cairo nairobi lagos casablanca johannesburg milan naples turin munich hamburg \
     frankfurt cologne lyon marseille toulouse valencia sevilla zaragoza malaga murcia bilbao alicante cordoba \
     valladolid vigo gijon granada vitoria elche oviedo cartagena jerez pamplona santander burgos salamanca albacete \
     logrono badajoz huelva leon tarragona cadiz lleida marbella toledo caceres girona lugo buenos aires santiago lima \
     bogota quito caracas geneva zurich basel bern",
    // States and provinces in two letters, and some in words.
    "al ak az ar ca co ct de fl ga hi id il ia ks ky la md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok pa ri sc sd \
     tn tx ut vt va wa wv wi wy dc nsw qld vic tas alabama alaska arizona arkansas california colorado connecticut \
     delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan \
     minnesota mississippi missouri montana nebraska nevada jersey ohio oklahoma oregon pennsylvania tennessee texas \
     utah vermont wisconsin wyoming andalucia aragon asturias baleares canarias cantabria castilla cataluna catalunya \
     extremadura galicia navarra",
    // What people work as.
    "manager director producer consultant engineer songwriter singer actor actress writer author editor teacher nurse \
     accountant analyst designer developer programmer secretary assistant clerk officer president chairman ceo cto cfo \
     founder owner partner cleaner driver chef cook waiter baker butcher plumber electrician carpenter mechanic \
     technician operator supervisor coordinator administrator specialist representative agent attorney lawyer judge \
     architect artist photographer journalist reporter scientist researcher therapist counselor dentist pharmacist \
     surgeon physician psychologist instructor trainer coach librarian planner broker buyer salesperson worker \
     machinist welder painter roofer guard detective pilot captain sergeant farmer gardener translator interpreter \
     medico medica doctora enfermera enfermero abogado abogada gerente profesora conductor",
    // Ages.
    "age aged old years year yr yrs y months month old-year edad anos ano meses mes dias turn turned turning",
    // Words that lead to a number of somebody.
    "phone tel telephone mobile cell fax call number card credit visa mastercard amex account iban ssn social security \
     passport license licence driver ip server email mail e website site url telefono movil correo electronico tarjeta \
     cuenta nif dni nie nass nhc historia colegiado nº num",
    // English words without content.
    "a an the and or but if then of in on at by for with from to into about as is are was were be been am do does did \
     have has had will would can could should may might must not no yes it its this that these those there here he she \
     we they you i me him her us them my your his our their who what when where why how which all any some more most \
     other such only own same so than too very just also because while during before after above below up down out \
     off over under again once please thanks thank sorry let need want get got make made see go going come new",
    // Spanish words without content.
    "el la los las un una unos unas y o u e pero si de del en a al por para con sin sobre entre hasta desde como es \
     son era fue ser estar esta este esto estos estas ese esa eso no se su sus mi mis tu tus le les lo que quien cual \
     cuando donde cuanto muy mas menos ya tambien solo todo toda todos todas otro otra ante tras segun durante mediante \
     ha han habia hay he",
];

/// Ends of words that streets have in languages that write them in one.
const STREET_ENDS: &[&str] = &[
    "strasse", "straße", "straat", "laan", "gatan", "gata", "vägen", "vagen", "veien", "vej", "gade", "weg",
    "katu", "kuja", "tie", "platz", "gasse", "plein", "gracht", "dreef", "ring", "allee", "polku", "steeg",
    "väg", "gränd", "stræde", "dijk", "singel", "kade",
];

/// Ends of words that places have.
const PLACE_ENDS: &[&str] = &[
    "ville", "burg", "borg", "ham", "ton", "stadt", "berg", "furt", "dorf", "heim", "land", "shire", "wick",
    "bury", "mouth", "port", "field", "hurst", "grad", "ovo", "hafen", "hausen", "kirchen", "stad", "holm",
    "sund", "vik", "niemi", "lahti", "järvi", "koski", "joki", "mäki", "evo", "polis", "ingen", "court",
];

static WORDS: LazyLock<HashMap<&'static str, u32, Fnv>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, u32, Fnv> = HashMap::default();
    for (bit, list) in CLASSES.iter().enumerate() {
        for word in list.split_whitespace() {
            *words.entry(word).or_insert(0) |= 1 << bit;
        }
    }
    words
});

/// The classes of a word in lower case; accents are looked past.
pub(super) fn class(lower: &str) -> u32 {
    if lower.is_ascii() {
        return WORDS.get(lower).copied().unwrap_or(0);
    }
    WORDS.get(crate::text::fold::fold(lower).as_str()).copied().unwrap_or(0)
}

/// Classes by the end of a word in lower case.
pub(super) fn tail_class(lower: &str) -> u32 {
    if lower.len() < 6 {
        return 0;
    }
    // The last bytes differ for most, and need no call to be compared.
    let last = lower.as_bytes().last();
    let ends = |list: &[&str]| list.iter().any(|end| end.as_bytes().last() == last && lower.ends_with(end));
    u32::from(ends(STREET_ENDS)) << 20 | u32::from(ends(PLACE_ENDS)) << 21
}
