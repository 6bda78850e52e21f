"""Made-up names and streets for messy files; places are real, each with a ZIP and an area code of its own."""

GIVEN = """
Adela Aldo Alma Amadeo Amparo Anselm Ariel Armand Aurora Basil Beatrix Benicio Bernadette Blanca Bram Brigid
Calixto Camila Carmelo Cecily Celeste Cipriano Clarissa Clemente Colette Cordelia Cyrus Dahlia Damaris Dario
Delfina Desmond Dionisio Dolores Edgardo Edmund Efrain Elodie Emiliano Enid Esteban Estrella Eulalia Evander
Fabiola Fausto Felicity Fermin Fiona Flora Florencia Gaspar Genaro Genevieve Gilda Gloria Griselda Gustav
Hector Heloise Hilario Horacio Idalia Ignatius Imelda Ines Ingrid Irving Isidro Ivette Jacinta Jasper Joaquin
Jorge Jovita Julieta Kermit Lavinia Leandro Leocadia Leopold Lila Linus Lorenza Lucian Lucinda Lysander
Magdalena Marcelo Marisol Marta Maximo Melchor Mercedes Milagros Mireya Modesto Nadia Narciso Nestor Nicanor
Noemi Octavio Odette Olga Orlando Osvaldo Otis Paloma Pascal Patricio Paz Perpetua Petra Pilar Placido Primo
Quentin Ramona Raquel Regina Remedios Rigoberto Rocco Rosalba Rufus Sabina Salvador Saul Selma Serafina Severo
Silvio Simon Soledad Sonia Tadeo Tamara Teofilo Thaddeus Tobias Ursula Valentin Venancio Vera Virgil Viviana
Wanda Wilfred Xenia Yadira Yolanda Zenaida Zita
""".split()  # noqa: SIM905 - a list literal would be hundreds of lines
FAMILY = """
Abbadini Achterberg Albarracín Alcántara Amundsen Arbuckle Arizmendi Ballesteros Barrientos Bergstrom Birdsong
Blackwood Bohórquez Brightwater Bustamante Cabrales Calloway Castañeda Chavarría Cobblestone Colmenares
Coronado Covington Crabtree Dankworth Delacroix Domínguez Drinkwater Echeverría Eddington Elizondo Entwistle
Escárcega Fairweather Fernsby Figueroa Fitzgibbon Fuentes Galbraith Gallegos Garrison Gildersleeve Goldsworthy
Greenhalgh Guerrero Hathersage Hawthorne Heredia Hollingberry Huddlestone Ibáñez Ingersoll Iturbide Jaramillo
Jimpson Kettlewell Kirkbride Lanceley Larrañaga Lighthouse Lockridge Longbottom Lozano Madrigal Maldonado
Marchbanks Mascarenas Mayweather McAllister McCorkindale Merryweather Montemayor Moorcroft Muñoz Nightingale
Núñez Oakenfull Ocampo O'Grady O'Malley Orozco Oxenford Padrón Pemberton Pendergast Peñaloza Pinkerton
Plasencia Quarterman Quintanilla Ravenscroft Redfearn Restrepo Rivadeneira Rockefort Saavedra Saltzman
Sandoval Satterfield Sepúlveda Shufflebotham Silverstone Sotomayor Stackpole Summerscales Tamayo Thackeray
Throckmorton Tolliver Trujillo Underhill Urrutia Valdivia Vanderzee Villaseñor Wainwright Weatherbee Whitlock
Winterbourne Wooldridge Yarborough Ybarra Zaldívar Zambrano
""".split()  # noqa: SIM905 - a list literal would be hundreds of lines
STREETS = """
Acorn Alder Amber Anchor Applewood Ash Aspen Banyan Barley Beacon Birch Bluebell Bramble Briar Brook Buttercup
Cardinal Cedar Chestnut Clover Cobalt Copper Coral Cottonwood Cypress Daisy Dogwood Elm Falcon Fern Foxglove
Garnet Ginger Hawthorn Hazel Heron Hickory Holly Iris Ivy Jasmine Juniper Kestrel Larch Laurel Lavender Linden
Magnolia Maple Marigold Meadow Mulberry Myrtle Nectar Oak Olive Orchard Osprey Pebble Pine Poplar Primrose
Quail Raven Redwood Robin Rosemary Saffron Sage Sparrow Spruce Sycamore Tamarack Thistle Thyme Tulip Violet
Walnut Willow Wren Yarrow
""".split()  # noqa: SIM905 - a list literal would be hundreds of lines
STREET_KINDS = ("Street", "Avenue", "Lane", "Road", "Drive", "Court", "Way", "Place")
PLACES = (
    ("Boston", "MA", "02115", "617"),
    ("Providence", "RI", "02903", "401"),
    ("Newark", "NJ", "07102", "973"),
    ("Hartford", "CT", "06103", "860"),
    ("Miami", "FL", "33130", "305"),
    ("Pensacola", "FL", "32501", "850"),
    ("Atlanta", "GA", "30303", "404"),
    ("Chicago", "IL", "60601", "312"),
    ("Houston", "TX", "77002", "713"),
    ("El Paso", "TX", "79901", "915"),
    ("Denver", "CO", "80202", "303"),
    ("Phoenix", "AZ", "85004", "602"),
    ("Los Angeles", "CA", "90012", "213"),
    ("Portland", "OR", "97204", "503"),
    ("Seattle", "WA", "98101", "206"),
    ("Anchorage", "AK", "99501", "907"),
    ("Honolulu", "HI", "96813", "808"),
    ("New York", "NY", "10001", "212"),
    ("Nashville", "TN", "37203", "615"),
    ("Boise", "ID", "83702", "208"),
)
