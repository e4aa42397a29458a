"""Phrases around a place in 30 languages; sentences of our own, by language and class."""

from __future__ import annotations

import pytest

from influencr.geography import Gazetteer
from influencr.geography.bio import read_bio

LIVES = [
    # English
    ("Potter based in Leeds", "Leeds"),
    ("based out of Nashville, TN", "Nashville"),
    ("Nurse, living in Adelaide with two dogs", "Adelaide"),
    ("She lives in Porto and bakes", "Porto"),
    ("a small studio located in Ghent", "Ghent"),
    ("Currently in Tbilisi", "Tbilisi"),
    ("now in Rotterdam", "Rotterdam"),
    ("home is Winnipeg", "Winnipeg"),
    ("moving between Oslo and Lisbon", "Oslo"),
    ("NYC-based illustrator", "New York City"),
    ("Denver based florist", "Denver"),
    ("melbourne based baker", "Melbourne"),
    ("Nairobi resident, birder", "Nairobi"),
    ("born and raised in Belfast", "Belfast"),
    ("living in 🇩🇪", "Germany"),
    ("based in the Netherlands", "Netherlands"),
    # Spanish, Portuguese, Catalan
    ("Ilustradora. Vivo en Bogotá", "Bogotá"),
    ("viviendo en Valparaíso", "Valparaíso"),
    ("radicada en Monterrey", "Monterrey"),
    ("Cocinando desde Montevideo", "Montevideo"),
    ("moro em Recife", "Recife"),
    ("Mãe de três, morando no Porto", "Porto"),
    ("baseada em Curitiba", "Curitiba"),
    # French, Italian, Romanian
    ("j'habite à Nantes", "Nantes"),
    ("basée à Lyon, disponible partout", "Lyon"),
    ("on vit à Toulouse", "Toulouse"),
    ("vivo a Torino", "Turin"),
    ("Abito a Bari", "Bari"),
    ("locuiesc în Cluj-Napoca", "Cluj-Napoca"),
    # German, Dutch
    ("wohne in Graz", "Graz"),
    ("Lebt in Köln und liebt Brot", "Cologne"),
    ("woont in Utrecht", "Utrecht"),
    ("gevestigd in Antwerpen", "Antwerp"),
    # Nordic and Baltic
    ("bor i Göteborg", "Gothenburg"),
    ("Bosat i Aarhus", "Århus"),
    ("bosatt i Bergen", "Bergen"),
    ("asun Tampereella", "Tampere"),
    ("Helsingissä asuva kokki", "Helsinki"),
    ("elan Tallinnas", "Tallinn"),
    ("gyvenu Vilniuje", "Vilnius"),
    # Slavic, with case endings
    ("mieszkam w Krakowie", "Kraków"),
    ("Mieszkam w Gdańsku", "Gdańsk"),
    ("mieszkam we Wrocławiu", "Wrocław"),
    ("žiju v Brně", "Brno"),
    ("bydlím v Ostravě", "Ostrava"),
    ("žijem v Bratislave", "Bratislava"),
    ("живу в Петербурге", "Saint Petersburg"),
    ("Живу в Казани, шью", "Kazan"),
    ("живу в России", "Russia"),
    ("живу у Львові", "Lviv"),
    ("мешкаю у Києві", "Kyiv"),
    ("živim u Zagrebu", "Zagreb"),
    ("Živim u Beču", "Vienna"),
    ("Née à Alger, vis à Montréal", "Montréal"),
    ("живея в София", "Sofia"),
    # Hungarian, Turkish, Greek, Albanian
    ("Szegeden élek", "Szeged"),
    ("élek Budapesten", "Budapest"),
    ("İzmir'de yaşıyorum", "İzmir"),
    ("Ankara'da yaşayan mimar", "Ankara"),
    ("ζω στην Αθήνα", "Athens"),
    # Asia
    ("tinggal di Bandung", "Bandung"),
    ("domisili Surabaya", "Surabaya"),
    ("menetap di Kuala Lumpur", "Kuala Lumpur"),
    ("nakatira sa Cebu City", "Cebu City"),
    ("sống tại Đà Nẵng", "Da Nang"),
    ("đang ở Hà Nội", "Hanoi"),
    ("札幌在住のイラストレーター", "Sapporo"),
    ("福岡住み", "Fukuoka"),
    ("大阪を拠点に活動", "Osaka"),
    ("坐标深圳", "Shenzhen"),
    ("现居成都", "Chengdu"),
    ("住在高雄", "Kaohsiung"),
    ("부산 거주", "Busan"),
    ("대구에 사는 고양이 집사", "Daegu"),
    ("อาศัยอยู่เชียงใหม่", "Chiang Mai"),
    ("พิกัด ขอนแก่น", "Khon Kaen"),
    ("मुंबई में रहती हूँ", "Mumbai"),
    ("जयपुर निवासी", "Jaipur"),
    ("ঢাকায় থাকি", "Dhaka"),
    # Right to left
    ("مقيم في الرياض", "Riyadh"),
    ("اعيش بالقاهرة", "Cairo"),
    ("ساكن تهران", "Tehran"),
    ("גר בתל אביב", "Tel Aviv"),
    ("גרה בחיפה", "Haifa"),
    # Africa
    ("naishi Mombasa", "Mombasa"),
    ("woon in Bloemfontein", "Bloemfontein"),
    # Fields of a form inside the bio
    ("Loc: Berlin", "Berlin"),
    ("City - Kumasi", "Kumasi"),
    ("Ort: Zürich", "Zürich"),
    ("Lieu : Abidjan", "Abidjan"),
    ("Ubicación: Rosario", "Rosario"),
    ("Standort: Bremen", "Bremen"),
    ("Konum: Bursa", "Bursa"),
    ("Город: Самара", "Samara"),
]

ORIGIN = [
    ("born in Havana", "Havana"),
    ("originally from Lagos", "Lagos"),
    ("raised in Detroit", "Detroit"),
    ("soy de Guadalajara", "Guadalajara"),
    ("nacida en Caracas", "Caracas"),
    ("sou de Salvador", "Salvador"),
    ("originaire de Dakar", "Dakar"),
    ("komme aus Dresden", "Dresden"),
    ("vengo da Palermo", "Palermo"),
    ("kommer från Malmö", "Malmö"),
    ("pochodzę z Poznania", "Poznań"),
    ("родом из Одессы", "Odesa"),
    ("asal Medan", "Medan"),
    ("名古屋出身", "Nagoya"),
    ("인천 출신", "Incheon"),
    ("来自武汉", "Wuhan"),
    ("من مراكش", "Marrakesh"),
    ("kutoka Kisumu", "Kisumu"),
    ("from 🇳🇬", "Nigeria"),
]

NOT_LIVES = [
    "formerly in Chicago",
    "ex-Berlin",
    "not based in Dallas",
    "used to live in Seoul",
    "wish I lived in Florence",
    "next: Lisbon",
    "travelling to Bali",
    "lived in Madrid once",
    "раньше в Москве",
    "plant based, home based, faith based",
    "living in the moment",
    "based in reality",
    "currently in love",
    "from media to music",
    "City: none",
]


def says(bio: str, kind: str, role: str, place: str, gazetteer: Gazetteer) -> bool:
    """Is there such a clue, whatever language the gazetteer shows the name in?"""
    rows = {gazetteer.row(p.id) for p, _ in gazetteer.named(place)}
    return any((e.kind, e.role) == (kind, role) and e.row in rows for e in read_bio(bio, gazetteer))


@pytest.mark.parametrize(("bio", "place"), LIVES, ids=[b for b, _ in LIVES])
def test_a_phrase_says_where_they_live(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert says(bio, "based", "lives", place, gazetteer)


@pytest.mark.parametrize(("bio", "place"), ORIGIN, ids=[b for b, _ in ORIGIN])
def test_a_phrase_says_where_they_are_from(gazetteer: Gazetteer, bio: str, place: str) -> None:
    assert says(bio, "origin", "origin", place, gazetteer)


@pytest.mark.parametrize("bio", NOT_LIVES)
def test_the_past_the_future_and_figures_of_speech_are_no_home(
    gazetteer: Gazetteer, bio: str
) -> None:
    assert [e for e in read_bio(bio, gazetteer) if e.role == "lives"] == []


def test_two_homes_behind_one_phrase_come_in_order(gazetteer: Gazetteer) -> None:
    clues = read_bio("based in Hamburg and Vienna", gazetteer)
    assert [gazetteer.name(e.row) for e in clues if e.row is not None] == ["Hamburg", "Vienna"]
    assert clues[0].confidence > clues[1].confidence


def test_what_follows_the_place_is_left_alone(gazetteer: Gazetteer) -> None:
    (clue,) = read_bio("based in Austin TX making very loud pots", gazetteer)
    assert gazetteer.label(clue.row or 0) == "Austin, Texas, United States"
    assert clue.words == "based in Austin TX"
