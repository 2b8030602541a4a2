# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms: three plain words, easy to say on the telephone, drawn at random.

Nothing in a pseudonym comes from the person. The words are plants, colours and materials, and
things in a landscape; words that are also given names, that tell of skin or hair, or that
could hurt are left out.
"""

import random
import secrets


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLANTS = _words("""
    Abeel Acacia Agave Alsem Amandel Andijvie Anijs Anjer Appel Augurk Bamboe Basilicum
    Bernagie Bes Beuk Biet Bieslook Blauwregen Boekweit Bonenkruid Boterbloem Braam Brem
    Buxus Cactus Ceder Cichorei Citroen Clematis Dadel Daslook Den Distel Dovenetel Druif
    Duizendblad Eik Els Erwt Esdoorn Fluitenkruid Framboos Freesia Fuchsia Galigaan
    Geranium Gerst Gierst Ginkgo Gladiool Goudsbloem Grasklokje Haagbeuk Haver Hazelaar
    Hibiscus Hop Hyacint Judaspenning Kamperfoelie Karwij Kastanje Kers Kervel Klaver
    Klimop Koolzaad Korenbloem Koriander Krokus Kruisbes Kweepeer Lariks Lavendel Lelie
    Limoen Linze Lis Lupine Maïs Mangold Meidoorn Mimosa Mispel Moerbei Mosterd Munt Noot
    Okra Olijf Oregano Paardenbloem Palm Paprika Peer Perzik Peterselie Pijnboom Pioen
    Plataan Pompoen Populier Prei Primula Pruim Radijs Rabarber Ratelaar Riet Rijst Rogge
    Rozemarijn Saffraan Salie Selderij Sesam Sleedoorn Sorghum Spar Spelt Spinazie Taxus
    Teunisbloem Tijm Tomaat Tulp Valeriaan Varen Veldsla Venkel Vijg Vlas Vlier Vuurdoorn
    Walnoot Waterlelie Weegbree Wikke Wilg Winde Wolgras Zegge Zonnebloem Zuring
""")

COLOURS = _words("""
    Agaat Antraciet Arduin Azuur Barnsteen Basalt Batist Beige Blauw Brons Chroom Damast
    Elf Fluweel Gips Glas Goud Graniet Grijs Groen Helder Honing Honderd Hoog Hout Indigo
    Ivoor Jute Kalk Kantwerk Karmijn Katoen Keramiek Klei Kobalt Koper Koraal Krijt
    Kristal Kurk Kwarts Lak Leem Leisteen Linnen Magenta Mahonie Marmer Messing Mosgroen
    Negen Nikkel Oker Onyx Oranje Paars Papier Pastel Perkament Platina Porselein Purper
    Rond Satijn Scharlaken Sepia Sienna Smaragd Staal Steen Stil Stro Tachtig Tapijt Teer
    Terracotta Tien Tin Topaas Turkoois Twaalf Twintig Umber Veertig Vijf Vijftig Vilt
    Vier Wol Zand Zacht Zalm Zes Zestig Zeven Zijde Zilver Zink
""")

PLACES = _words("""
    Akker Anker Baai Baken Bank Beek Berg Bocht Boei Boerderij Bos Boulevard Brink Brug
    Bron Dal Dam Delta Dijk Dok Dorp Duin Eiland Esplanade Fjord Fontein Galerij Gracht
    Grot Haard Haven Heuvel Hoek Hoeve Hof Horizon Kaap Kade Kanaal Kapel Kasteel Kei
    Klooster Koepel Kreek Kroon Kruispunt Kust Lagune Land Laan Ligplaats Markt Meent Meer
    Molen Monding Oase Oever Ommegang Park Pad Parade Pas Perron Pier Plas Plateau Plein
    Polder Poort Prairie Rand Reling Reede Rif Rivier Ruimte Savanne Schelp Schuur Singel
    Sloot Sluis Spoor Sport Stad Station Steeg Steiger Steppe Ster Strand Straat Stroom
    Stuw Taiga Terp Terras Toendra Toren Traverse Tuin Uiterwaard Vallei Veen Veer Veld
    Venster Ven Vliet Voorde Vuurtoren Waard Wad Wei Weide Werf Wiel Wind Woud Zandbank
    Zee Zomer Zon
""")


def draw(generator: random.Random | None = None) -> str:
    """Return a pseudonym such as ``Wilg-Zes-Kade``, by chance from over a million and a half.

    Uses the system's secure source unless a seeded generator is given (fictional data that must
    always be the same). Whether it is taken already is for the caller to see.
    """
    choose = generator.choice if generator else secrets.choice
    return "-".join(choose(words) for words in (PLANTS, COLOURS, PLACES))
