"""Short forms of given names and the formal name each stands for. Data only.

Kept narrow on purpose: twins share birth date and address, so only forms of one and the same name stand together
(not Alexander and Alexandra, nor names that people also give by themselves, such as Jack or Liam).
"""

_GROUPS = """
abby abigail|al albert|andy drew andrew|angie angela|art arthur|barb barbara|becky rebecca|benny ben benjamin|
bernie bernard|beth betty liz lizzie betsy libby elizabeth|bill billy will willy willie william|
bob bobby rob robby robbie robert|brad bradley|cathy catherine|kathy kate katie kathie katherine|charlie chuck charles|
cindy cynthia|danny dan daniel|davey dave david|deb debbie deborah|dick rick ricky rich richie richard|
donny don donald|dottie dot dorothy|eddie ed edward|teddy ted theodore|frankie frank francis|freddie fred frederick|
gabe gabriel|gene eugene|greg gregory|hank henry|johnny john|jake jacob|jenny jen jennifer|jimmy jim james|
joey joe joseph|jon jonathan|josh joshua|judy judith|kenny ken kenneth|kim kimberly|larry lawrence|lenny len leonard|
louie lou louis|peggy maggie meg margaret|mandy amanda|marty martin|matt matthew|mikey mike mick michael|
nate nathaniel|nick nicholas|pam pamela|patty trish tricia patricia|pete peter|phil philip|ray raymond|
ronnie ron ronald|russ russell|sammy sam samuel|sandy sandra|steve stephen|susie sue suzy susan|timmy tim timothy|
tommy tom thomas|tony anthony|vince vincent|walt walter|wes wesley|zach zack zachary|pepe jose|paco pancho francisco|
lupe guadalupe|nacho ignacio|chuy jesus|beto roberto|memo guillermo|lalo eduardo|concha concepcion|
kike quique enrique|manolo manuel
"""
FORMAL = {word: group.split()[-1] for group in _GROUPS.replace("\n", "").split("|") for word in group.split()}
"""Folded given name -> folded formal name."""
