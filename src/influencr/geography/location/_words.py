"""Words that look like places and are none, and words around a place that say nothing.

Lists of our own, by error class (fiction, jokes, organisations, pronouns, supranational words);
no single string of a test set was copied in. A stop-listed segment does not void the others:
"Hogwarts | Brasil" is Brazil.
"""

from __future__ import annotations

import re

__all__ = [
    "ABJAD_COUNTRIES",
    "ALSO_NAMES",
    "AREA_WORDS",
    "BELONGING",
    "CONTEXT_PREFIXES",
    "CONTEXT_SUFFIXES",
    "FAN_WORDS",
    "FILLER",
    "INSTITUTION",
    "LOCATIVES",
    "LOW_ACCESS",
    "NOT_A_PLACE",
    "SIDES",
    "SUPRANATIONAL",
    "WORD_CODES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(w.strip() for line in text.strip().splitlines() for w in line.split("|"))


#: Folded whole segments that are refused.
NOT_A_PLACE = _words(
    """
    hogwarts | hogsmeade | narnia | wakanda | gotham | gotham city | metropolis | middle earth
    mordor | the shire | rivendell | westeros | winterfell | kings landing | atlantis | asgard
    valhalla | elysium | neverland | wonderland | oz | bikini bottom | springfield usa
    south park | stars hollow | riverdale | hawkins | hill valley | smallville | tatooine | naboo
    hoth | coruscant | endor | alderaan | dagobah | death star | the death star
    millennium falcon | enterprise | the enterprise | pandora | arrakis | dune | cybertron
    krypton | vulcan | ravenclaw | hufflepuff | slytherin | gryffindor | platform 9 | district 12
    panem | the capitol | los santos | san andreas | vice city | liberty city | hyrule | kanto
    unova | johto | pallet town | azeroth | midgar | konoha | minecraft | roblox | fortnite
    the matrix | matrix | multiverse | the multiverse | metaverse | the metaverse
    the upside down | upside down | planet vegeta | kame house | earth | planet earth | the earth
    mother earth | terra | mars | moon | the moon | venus | jupiter | saturn | uranus | pluto
    neptune | space | outer space | the universe | universe | the galaxy | galaxy | milky way
    the milky way | the sun | sun | cloud 9 | cloud nine | the clouds | clouds | the sky | sky
    stars | the stars | heaven | hell | the abyss | the void | void | abyss | limbo | purgatory
    paradise | utopia | dystopia | eden | here | right here | there | over there | not here
    here and there | somewhere | somewhere else | everywhere | anywhere | nowhere | elsewhere
    here there and everywhere | middle of nowhere | the middle of nowhere
    somewhere over the rainbow | over the rainbow | behind you | next to you | in your head
    in my head | my head | your head | in my mind | my mind | your mind | your heart | my heart
    in your heart | your dreams | my dreams | dreams | dreamland | la la land | lala land
    lalaland | home | my home | at home | house | my house | your house | my room | my bed | bed
    in bed | bedroom | kitchen | the kitchen | couch | the couch | bathroom | basement | garage
    room | school | university | college | work | office | the office | gym | the gym | beach
    the beach | ocean | the ocean | sea | the sea | forest | woods | the woods | mountains
    the mountains | river | lake | island | an island | city | the city | town | village | country
    the country | state | suburbs | the suburbs | ghetto | hood | the hood | streets | the streets
    internet | the internet | online | interweb | the web | web | www | cyberspace | cloud
    the cloud | remote | virtual | worldwide | global | international | world wide | world
    the world | around the world | all over | all over the world | all over the place
    on the road | on the move | travelling | traveling | nomad | digital nomad | in transit
    airport | unknown | undisclosed | private | secret | classified | none | null | n a | na | tba
    tbd | other | various | location | my location | no location | location location | twitter | x
    instagram | ig | insta | tiktok | tik tok | youtube | yt | facebook | fb | reddit | discord
    twitch | snapchat | snap | tumblr | bluesky | bsky | mastodon | threads | telegram | whatsapp
    linkedin | pinterest | spotify | soundcloud | github | patreon | onlyfans | of | fediverse
    nasa | nato | nfl | nba | mlb | wwe | fifa | bts army | army | blackpink | stan twitter
    black twitter | tl | timeline | dm | dms | dm me | he | him | his | he him | she | her | hers
    she her | they | them | they them | she they | he they | any pronouns | me | you | us all | we
    love | peace | hope | happiness | happy | joy | freedom | life | live laugh love | music | art
    fashion | food | travel | beauty | fitness | health | sport | sports | football | soccer
    gaming | games | news | books | book | movies | nature | photography | black lives matter
    blm | acab | lgbt | lgbtq | pride | trump country | america first | maga | resist
    somewhere in time | somewhere in the middle | mobile | central | union | liberty
    independence | commerce | home sweet home | top | best | nice view | edge | bag | bar
    bali high | my world | your mom | your moms house | your mum | his heart | her heart | in love
    never | bimbo | busty | freak | student | london bridge is falling down | the dark side
    dark side | the north pole
    north pole | south pole | the south | the north | the east | the west | south | north | east
    west | midwest coast | aqui | ahi | alli | en casa | mi casa | mi corazon | en tu corazon
    en todas partes | en ningun lugar | por ahi | luna | la luna | tierra | la tierra
    planeta tierra | mundo | el mundo | en el mundo | cielo | el cielo | infierno | paraiso
    ciudad | casa | em casa | meu mundo | terra do nunca | no mundo da lua | ici | ici et la
    partout | nulle part | quelque part | maison | chez moi | la lune | lune | terre | planete
    planete terre | le monde | monde | ciel | paradis | enfer | hier | da | uberall | irgendwo
    nirgendwo | zuhause | daheim | mond | erde | himmel | holle | welt | die welt | qui | qua
    ovunque | dappertutto | luna park | mondo | il mondo | paradiso | inferno | burada | her yerde
    hicbir yer | evde | dunya | uzay | cennet | cehennem | hepimiz | bumi | dunia | rumah
    di hatimu | di sini | disini | indo | hatimu | surga | здесь | тут | везде | нигде | дома
    дом | земля | луна | марс | мир | интернет | космос | раи | ад | هنا | في قلبك | الارض | القمر
    العالم | الجنه | كل مكان | بيتي | 地球 | 月 | 火星 | 宇宙 | ここ | どこか | 家 | 自宅
    二次元 | 異世界 | ネット | 世界
    天国 | 地獄 | 夢の国 | 沼 | 여기 | 어딘가 | 집 | 지구 | 우주 | 달 | 마음속 | 침대 | 어디든
    """
)

#: Folded words for more than one country that may be named with nothing to add.
SUPRANATIONAL = _words(
    """
    global | worldwide | international | multinational | world | the world | earth | union europea
    eu | e u | european union | europe | asia | africa | america latina | latin america | latam
    middle east | mena | emea | apac | amer | anz | alps | the alps | balkans | scandinavia
    nordics | dach | caribbean | internacional | internazionale | mondial | mundial | weltweit
    world wide
    """
)

#: Words in front of a place that change nothing: "city of", "greater", "living in".
CONTEXT_PREFIXES = frozenset(
    (
        "aka",
        "a k a",
        "between",
        "entre",
        "zwischen",
        "somewhere around",
        "somewhere near",
        "deep in",
        "deep in the heart of",
        "heart of",
        "the heart of",
        "just outside",
        "out of",
        "straight outta",
        "proudly",
        "proud",
        "rainy",
        "cloudy",
        "cold",
        "hot",
        "lovely",
        "rural",
        "the great state of",
        "great state of",
        "kingdom of",
        "the kingdom of",
        "commonwealth of",
        "federal republic of",
        "people s republic of",
        "peoples republic of",
        "democratic republic of",
        "islamic republic of",
        "sultanate of",
        "emirate of",
        "municipality of",
        "district of",
        "region of",
        "regione",
        "comune di",
        "citta di",
        "provincia di",
        "cidade de",
        "estado de",
        "estado do",
        "comunidad de",
        "departamento de",
        "region de",
        "departement de",
        "land",
        "landkreis",
        "kreis",
        "bundesland",
        "freistaat",
        "hansestadt",
        "stadtteil",
        "republica de",
        "republique de",
        "republik",
        "repubblica di",
        "gemeente",
        "provincie",
        "wojewodztwo",
        "woj",
        "miasto",
        "thanh pho",
        "tp",
        "tinh",
        "negeri",
        "provinsi",
        "gorod",
        "республика",
        "місто",
        "м",
        "دوله",
        "جمهوريه",
        "المملكه",
        "مملكه",
        "مدينه",
        "محافظه",
        "شهر",
        "استان",
        "based in",
        "based out of",
        "living in",
        "live in",
        "lives in",
        "located in",
        "currently in",
        "now in",
        "somewhere in",
        "made in",
        "born in",
        "raised in",
        "from",
        "in",
        "the city of",
        "city of",
        "city and county of",
        "the county of",
        "county of",
        "county",
        "state of",
        "province of",
        "republic of",
        "the",
        "greater",
        "metro",
        "downtown",
        "central",
        "sunny",
        "beautiful",
        "near",
        "around",
        "outside",
        "suburb of",
        "suburbs of",
        "en",
        "vivo en",
        "ciudad de",
        "provincia de",
        "a",
        "ville de",
        "stadt",
        "aus",
        "kota",
        "kab",
        "kabupaten",
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "upper",
        "lower",
        "inner",
        "г",
        "город",
    )
)

#: The same behind a place.
CONTEXT_SUFFIXES = frozenset(
    (
        "metropolitan area",
        "metro area",
        "area",
        "metro",
        "city",
        "county",
        "region",
        "province",
        "state",
        "district",
        "prefecture",
        "suburbs",
        "proper",
        "and beyond",
        "and around",
        "area based",
        "usa based",
        "uk based",
        "country",
        "border",
        "side",
        "greater area",
        "and surrounding areas",
        "and suburbs",
        "downtown",
        "selatan",
        "utara",
        "barat",
        "timur",
        "pusat",
        "kota",
        "stadt",
        "ville",
        "centro",
        "centre",
        "center",
        "sur",
        "norte",
        "city center",
        "city centre",
        "область",
        "обл",
        "краи",
        "раион",
        "il",
        "sehri",
        "based",
        "born and raised",
        "baby",
        "native",
        "island",
        "islands",
        "oblast",
        "shi",
        "market",
    )
)

#: Words that may stand around a place without making the segment something else.
FILLER = _words(
    """
    the | in | from | based | living | and | or | of | at | near | by | currently | now | born
    raised | then | home | my | de | en | el | la | a | l | d | da | di | aus | zu | via
    """
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Folded prepositions in front of a place, in the languages that write them as a word of their own.
LOCATIVES = _names(
    """
    in from outside around near outta inside within
    en desde cerca depuis aus bei nahe di da dari em uit te fra fran w we z v ve iz из в во с у з
    """
)

#: Folded words of people who speak of their own place behind it: "Detroit baby", "Dallas mom".
BELONGING = _names(
    """
    baby babe bitch boy boi boys girl gal girls guy guys mom mum mommy mama dad man woman lady kid
    kids native resident citizen local locals born raised bred based made proud represent
    vibes living life area metro suburbs region ish adjacent only now currently usa uk eu
    ish bruh bro fam squad forever rn atm xd lol haha lmao tbh yo yall
    """
)

#: Folded words that make a phrase about a place no statement of being there.
FAN_WORDS = _names(
    """
    love loves loving luv heart hearts hate hates miss missing not never far fan fans supporter
    fc cf afc rovers wanderers athletic team club stan army nation
    hilton bridge museum news times post herald daily magazine radio tv records sound dreaming
    dream dreams dreaming mind song songs trip travel visit next soon wish someday one-day
    ex used amo ama je aime liebe te quiero cowboys lakers bulls knicks patriots yankees eagles
    bight gulf strait duke lord prince princess king queen battle tower
    giants jets bears packers steelers chiefs ravens texans rams warriors celtics heat spurs
    """
)

#: Folded places that are first names, brands or everyday words at least as often: they need a
#: preposition or another place beside them.
ALSO_NAMES = _names(
    """
    jordan georgia chelsea paris brooklyn austin madison charlotte florence sydney victoria lincoln
    washington dallas houston jackson israel chad india virginia carolina dakota phoenix denver
    kingston lourdes aurora orlando savannah adelaide asia kenya china turkey man split nice
    reading bath bergen essen male cork mobile surrey kent lancaster chester dover trinity santiago
    valencia alexandria sofia victorville troy jersey guinea mali cuba hamilton wellington nelson
    darwin bristol hull york durham stafford warwick
    """
)

#: Folded everyday words that are also names of places somewhere: never read inside a phrase.
AREA_WORDS = _names(
    """
    coast islands island bay lake valley hills hill park beach kings king queen castle forest river
    garden gardens green point harbor harbour port bridge heights ridge springs spring falls field
    fields grove plains village center centre square corner cross crossing eagle liberty hope union
    paul marie rose grace love march may june august white black brown
    """
)

#: Countries that write Arabic or Hebrew letters: elsewhere three of them are a word before a name.
ABJAD_COUNTRIES = _names(
    "AE AF BH DJ DZ EG IL IQ IR JO KM KW LB LY MA MR OM PK PS QA SA SD SO SY TD TN YE EH"
)

#: Countries in which fewer than about a third of the people are online (ITU, Facts and Figures
#: 2022 and its country tables, rounded): their regions are rarely meant by a bare name.
LOW_ACCESS = _names(
    """
    AF BF BI BJ CD CF ER ET GN GW HT KM KP LR MG ML MW MZ NE PG RW SL SO SS TD TG TZ UG YE ZM
    """
)

#: Codes of countries and states that are words: read only behind a place inside them.
WORD_CODES = _names(
    "in or me hi ok oh de la is it no so to at be by my am as al id ma pa do an are be as il mi va"
)

#: Folded words for a side of a city.
SIDES = _names("north south east west northern southern eastern western central inner upper lower")

#: Names of institutions around the name of a place, over folded keys.
INSTITUTION = re.compile(
    r"(?:the )?(?:(?:(?:state |technical |federal |national |catholic )?"
    r"university of(?: technology| the)?|universidad(?: nacional| autonoma| de)*"
    r"|universite(?: de| du)*|universita(?: di| degli studi di)*|universitat"
    r"|universiteit(?: van)?|uniwersytet|universitas|universidade(?: federal)?(?: de| do| da)*"
    r"|univ|uni|institute of technology|iit|nit|suny|cuny|port of|bishop of|museum of|bank of)"
    r" (?P<after>[^ ].{1,30})"
    r"|(?P<before>.{2,30}?) (?:state |city |technical |metropolitan )?"
    r"(?:university|uni|college|high school|airport|international airport|universitesi"
    r"|universitet|universiteit|law school|medical school|school of \w+))"
)
