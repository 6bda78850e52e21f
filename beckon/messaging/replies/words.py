"""Words and wordings people answer with, English and Spanish, normalised (lower case, no accents, no punctuation).

Opt-out words: FCC 24-24 (stop, quit, end, revoke, opt out, cancel, unsubscribe), Twilio's defaults, CTIA 2023
(natural wording counts), Spanish words seen in products. Everything else: assumption, measured in the tests.
"""

from typing import Final

from beckon.messaging.replies.meanings import Meaning

_EXACT: Final[dict[Meaning, tuple[str, str]]] = {
    Meaning.STOP: (
        "stop stopall stop-all end quit revoke optout opt-out unsubscribe unsub remove stop-it stop-now stop-please"
        " please-stop pls-stop stop-pls cancel cancelled cancel-please please-cancel cancel-all cancel-it end-it"
        " stpo sotp tsop stopp stip dtop stip sttop stoop cancle cancell go-away leave-me-alone fuck-off piss-off"
        " stop-texting stop-text stop-texts stop-messages stop-messaging opt-me-out remove-me delete-me"
        " no-more not-anymore stop-end unsubscribed stop-stop end-stop quit-it stop-sms sms-stop text-stop"
        " stop-thanks"
        " stop-thank-you stop-this stop-that cease desist please-cease discontinue discontinue-please"
        " please-discontinue end-this bloquear block f-off fuck-you knock-it-off arret arretez"
        " i-revoke revoked no-consent stop-2-end stop-to-end saqueme saquenme que-paren suspender",
        "alto parar pare paren para detener detente detenganse baja cancelar cancela cancele basta ya-basta no-mas"
        " darse-de-baja darme-de-baja dar-de-baja alto-por-favor stop-por-favor por-favor-pare dejenme-en-paz"
        " no-moleste no-molesten no-molestar salir desuscribir desuscribirme desuscribirse terminar fin quitar"
        " quitenme eliminar borrenme dejen-de-molestar",
    ),
    Meaning.START: (
        "start unstop resubscribe subscribe opt-in optin start-again resume restart",
        "iniciar comenzar empezar alta suscribir suscribirme reanudar",
    ),
    Meaning.HELP: ("help info information help-me help-please support", "ayuda informacion ayudame ayudeme auxilio"),
    Meaning.YES: (
        "y yes yeah yep yup yea ya yas yess ye yis yse yes-please yes-thanks yes-thank-you sure sure-thing ok okay"
        " k kk"
        " okey oky okk ok-thanks ok-thank-you okay-thanks confirm confirmed i-confirm correct sounds-good of-course"
        " absolutely definitely please-do will-do ill-be-there i-will-be-there see-you see-you-then see-you-there"
        " great perfect thats-fine that-works works-for-me that-is-fine fine alright all-right go-ahead 1 yes-1"
        " im-interested i-am-interested interested affirmative right you-bet im-in call-me please-call-me"
        " yes-call-me",
        "s si sip sii claro claro-que-si por-supuesto confirmo confirmado confirmada confirmar vale de-acuerdo"
        " esta-bien"
        " ta-bien bueno perfecto si-por-favor si-gracias si-claro ahi-estare alli-estare me-interesa estoy-interesada"
        " estoy-interesado dale correcto listo va ok-gracias llameme llamenme si-confirmo simon asistire si-asistire",
    ),
    Meaning.NO: (
        "n no nope nah noo na no-thanks no-thank-you no-thx not-interested im-not-interested i-am-not-interested"
        " no-i-cant i-cant cant no-i-cannot cannot i-cannot i-cant-make-it cant-make-it wont-be-there i-wont-be-there"
        " not-coming im-not-coming 2 no-2 negative pass no-way never im-good im-good-thanks no-im-good decline"
        " i-decline"
        " not-for-me no-need",
        "no-gracias no-me-interesa no-puedo no-voy no-ire no-asistire no-voy-a-ir no-puedo-ir no-podre no-podre-ir"
        " no-quiero nel no-por-ahora-gracias no-estoy-interesada no-estoy-interesado nunca jamas",
    ),
    Meaning.RESCHEDULE: (
        "r 3 reschedule resched reschedule-please please-reschedule rescedule reshedule re-schedule change rebook"
        " change-it change-appointment different-day different-time another-day another-time another-date",
        "reprogramar reagendar cambiar cambio cambiar-cita otra-fecha otro-dia otra-hora cambiar-fecha"
        " cambiar-la-fecha"
        " cambiar-hora cambiar-la-hora",
    ),
    Meaning.LATER: (
        "later not-now maybe-later not-right-now another-time-maybe later-please next-week next-month in-a-bit maybe"
        " not-yet soon call-later call-me-later",
        "luego despues mas-tarde ahora-no ahorita-no por-ahora-no en-otro-momento la-proxima-semana el-proximo-mes"
        " quizas tal-vez todavia-no mas-adelante no-por-ahora",
    ),
    Meaning.WRONG_PERSON: (
        "wrong-number wrong-person wrong wrong-num wrong-no wrong-# not-me not-her not-him wrong-phone"
        " incorrect-number",
        "numero-equivocado equivocado equivocada persona-equivocada no-soy-yo numero-incorrecto se-equivoco",
    ),
    Meaning.DECEASED: (
        "deceased dead passed-away shes-dead hes-dead she-died he-died",
        "fallecio fallecido fallecida murio difunto difunta",
    ),
}

EXACT: Final[dict[str, tuple[Meaning, str]]] = {
    phrase.replace("-", " "): (meaning, language)
    for meaning, by_language in reversed(_EXACT.items())
    for language, phrases in zip(("en", "es"), by_language, strict=True)
    for phrase in phrases.split()
}
"""Whole messages. A phrase in two lists means the earlier meaning."""

CANCEL: Final = frozenset(
    {
        "cancel",
        "cancelled",
        "cancel please",
        "please cancel",
        "cancel all",
        "cancel it",
        "cancle",
        "cancell",
        "cancelar",
        "cancela",
        "cancele",
    }
)
"""Opt-outs that may mean the appointment; the one confirmation asks."""

EMOJI: Final = {
    "👍": " yes ",
    "👌": " yes ",
    "✅": " yes ",
    "✔": " yes ",
    "🙋": " yes ",
    "☑": " yes ",
    "👎": " no ",
    "❌": " no ",
    "🚫": " stop ",
    "🛑": " stop ",
    "✋": " stop ",
}

_VERB = r"(?:text|txt|message|msg|messag|contact|call|write|writ|email|e mail|mail|bother|spam|harass|send|notify)\w*"
_THING = r"(?:text|txt|message|msg|mssg|call|email|e mail|notification|reminder|spam|alert|crap|shit)s?(?:ing)?"
_ASK = r"(?:^|[.!,;] ?|\b(?:please|pls|plz|kindly|and|so|you need to|you to|you should|must|now|just|but|ok) )"
_REACH = r"(?:text|txt|message|msg|contact|call|write|email|e mail|mail|bother|spam|reach out|notify)"
_REACHED = r"(?:contacted|texted|called|messaged|e ?mailed|written to|bothered|reached)"
_KIN_OR = r"(?:her|him|them|my (?:mother|mom|mum|father|dad|husband|wife|son|daughter|brother|sister|parents?|\w+ma))"
_END = r"(?: (?:again|please|pls|any ?more|further|ever|with me|thanks|thank you|por favor))*(?:$|[.,])"
_SPANISH_REACH = (
    r"(?:llam(?:en?|es|ar)|escrib(?:an?|as|ir)|mand(?:en?|es|ar)|envi(?:en?|es|ar)|contact(?:en?|es|ar)|text(?:een|ear)"
    r"|molest(?:en?|es|ar))"
)
_SPANISH_THING = r"(?:mensajes?|textos?|llamadas?|correos?|recados?|notificaciones|sms)"
_ME = r"(?:(?:me|us|my|this|here|it|these|your|the|all|any|please|pls|now|immediately|ever|again|anymore)\b|$|[.,])"

STOP_PATTERNS: Final = (
    rf"{_ASK}(?:stop|quit|cease) {_VERB} ?{_ME}",
    rf"{_ASK}(?:stop|quit|end|cease) (?:all |the |these |those |your |with |sending |any |future )*{_THING}\b",
    rf"\b(?:do not|dont|never|not to|quit|wish you would not) (?:ever |you |please |dare )*{_VERB} (?:to )?(?:me"
    rf"|us|my|this|here|anymore)\b",
    rf"\bno more (?:of )?(?:these |your |those )?{_THING}\b",
    rf"\b(?:do not|dont) (?:want|wish|care|need)(?: to)? (?:get|receive|any|these|your|more|further|hear|be)"
    rf"(?: \w+){{0,4}} ?(?:{_THING}|contacted|texted|called|from you|anymore)\b",
    rf"\b(?:do not|dont) (?:want|need) (?:you )?(?:texting|calling|contacting|{_THING})\b",
    r"\b(?:take|get|remove|delete|drop) (?:me|us|my \w+|this number|this phone|my phone number) (?:off|from)\b",
    r"\b(?:remove|delete|erase|lose) (?:me|my (?:name|number|phone|info|contact)|this (?:number|phone))\b",
    r"\b(?:unsubscribe|unsuscribe|unsubcribe|unsubsribe|unsubscibe|unsubscrib)\b",
    r"\b(?:opt|opting|opted) ?(?:me |us )?out\b",
    r"\b(?:revoke|withdraw) (?:my |all |any )*(?:consent|permission|authori[sz]ation)\b",
    r"\bleave (?:me|us) alone\b",
    r"\b(?:cease and desist|do not disturb|off (?:your|this|the) (?:mailing |call |text |calling )?list)\b",
    r"\bno (?:longer|more) (?:want|wish) to (?:receive|get|be)\b",
    r"^(?:please |pls |plz |just |i said |ok |no )?stop(?: (?:please|pls|plz|it|now|this|that|thanks|thank you"
    r"|already|all"
    r"|asap|immediately|everything|me|sir|bro|guys|ok|today|forever|right now|alerts?|sub|subscription))*$",
    r"^(?:reply|text|send|type|texting|sending|responding|respond) (?:stop|quit|end|cancel|unsubscribe)$",
    r"^stop(?: stop)+$",
    r"^stop (?:i |you |your |u |spamming|harassing|bothering)",
    r"\bstop (?:spamming|harassing|bothering) (?:me|us)\b",
    rf"(?:^|[.,] |\b(?:please|pls|plz|just|said|and) )(?:do not|dont|never) (?:ever )?{_REACH}{_END}(?! my\b)",
    r"\b(?:do not|dont|stop|quit|never) (?:ever )?reach(?:ing)? out\b",
    rf"{_ASK}(?:stop|quit|end|cease|discontinue) (?:all |any |the |this |these |further |your )*(?:communications?"
    rf"|contact|correspondence|outreach|{_THING})\b",
    rf"{_ASK}(?:stop|quit|cease) {_VERB} {_KIN_OR}\b",
    rf"\bleave {_KIN_OR} alone$",
    r"\bstop hitting (?:me|us) up\b",
    r"^(?:please |pls )?no (?:more )?(?:texts?|txts?|calls?|messages?|msgs?|e ?mails?|contact|texting|calling)"
    r"(?: (?:or|and) (?:texts?|calls?|messages?|e ?mails?))?(?: (?:please|pls|thanks|thank you|ever|again|to me))*$",
    r"\b(?:no longer|do not|dont) (?:give )?(?:you )?(?:my )?consent\b",
    r"\bi (?:hereby |now |want to |wish to )?(?:revoke|withdraw)(?:$|[.,])",
    r"\b(?:remove|delete|take) (?:from|off) (?:your |the |this |ur )?(?:\w+ )?list\b",
    rf"\b(?:not|doesnt|does not|dont|never) (?:want |wish |like |care )?(?:to be|be|being) {_REACHED}\b",
    rf"\b(?:doesnt|does not) (?:want|like|wish) (?:any |more |these |your |to (?:get|receive) )*{_THING}\b",
    r"^i (?:would|d|do|really)? ?(?:like|prefer|rather|want)?(?: to)? ?not (?:to )?(?:get|receive) (?:these|this|any"
    r"|more)\b",
    r"^(?:i )?(?:do not|dont) (?:want|need) (?:these|this|them)$",
    r"^(?:stop|end|quit) (?:2|to) (?:end|stop|quit|opt ?out)$",
    # Spanish
    rf"(?:^|[.,] |\b(?:favor|porfa|porfavor|ya|pero|y|pido|equivocado|interesa) )no {_SPANISH_REACH}(?: (?:mas|nunca|ya"
    rf"|otra vez|de nuevo|por favor|porfavor|gracias|aqui|ningun|a|este|mi|mis|numero|telefono|sus|los|estos|esos"
    rf"|tantos|{_SPANISH_THING}))*(?:$|[.,])",
    r"\bno (?:vuelva[ns]?|volver|vuelvas) a (?:escribir|llamar|contactar|mandar|enviar|molestar|textear)\w*",
    rf"\bya no (?:me |nos |le )?{_SPANISH_REACH}(?: mas)?(?: {_SPANISH_THING})?(?:$|[.,])",
    rf"\bbasta de (?:{_SPANISH_THING}|molest\w+|escrib\w+|llam\w+|mandar\w*|enviar\w*)\b",
    rf"\b(?:suspend(?:an?|er)|detengan?|paren?|cancelen?) (?:ya )?(?:los |las |sus |estos |esos |mis |de )?(?:envios?"
    rf"|{_SPANISH_THING})\b",
    r"\bno (?:me|nos|le) (?:vuelva[ns]? a |sigan? |este[ns]? )?(?:escriba|escriban|escribas|escribir|escribiendo"
    r"|mande"
    r"|manden|mandes|mandar|mandando|envie|envien|envies|enviar|enviando|llame|llamen|llames|llamar|llamando|contacte"
    r"|contacten|contactes|contactar|contactando|moleste|molesten|molestes|molestar|textee|texteen|texteen)\b",
    r"\b(?:deje|dejen|deja|dejar|paren|pare|para) de (?:\w+)(?:me|nos|ndo)?\b(?! (?:comer|fumar|tomar|beber))",
    r"\b(?:dejenme|dejeme|dejame) (?:en paz|tranquil[oa])\b",
    r"\bno (?:mas|quiero|deseo|necesito)(?: (?:recibir|que|mas|sus|tus|estos|los|me|de|esos|ningun))*"
    r" (?:mensajes?|textos?|llamadas?|correos?|llamen|escriban|manden|contacten|notificaciones)\b",
    r"\b(?:quit|borr|elimin|saqu|sac|retir)(?:e|en|a|ar|ame|enme|eme)(?:me)? (?:me )?(?:mi|este|de|mis|el) "
    r"?(?:numero|nombre|telefono|datos|la|su|tu|esta|esa|lista)\b",
    r"\b(?:dar|darme|denme|deme|dame|quiero|solicito|darse|dense) (?:la |de )?(?:me )?(?:de )?baja\b",
    r"\b(?:cancelar|cancelen|cancele) (?:la |mi |esta )?(?:suscripcion|mensajes|los mensajes)\b",
    r"^(?:por favor |ya )?(?:alto|pare|paren|basta|parar|detener|baja)(?: (?:por favor|ya|gracias|todo|mensajes"
    r"|ahora|con esto))*$",
)

NOT_STOP: Final = (
    r"\b(?:wont|cant|didnt|doesnt|dont|never|wouldnt|couldnt|not|to|will|would|bus|train|next|full|non|no) (?:stop"
    r"|quit|end)\b",
    r"\bstop(?:ped|s|ping)? (?:by|over|at|in|off|and|worrying|thinking|crying|being|wondering|knowing|singing"
    r"|taking)\b",
)
"""Innocent uses beside a bare "stop" at the beginning or end."""

WRONG_PATTERNS: Final = (
    r"\b(?:wrong|incorrect) (?:number|person|phone|num|guy|lady|patient|no)\b",
    r"\b(?:you (?:have|got|ve got)|youve got|u have|u got) the wrong\b",
    r"\b(?:this|it) (?:is not|isnt|aint|is no longer|not) (?:her|his|their|him|the right|that person|\w+s)"
    r" ?(?:number|phone|cell)?\b"
    r"(?=.*\b(?:number|phone|cell|person|her|him)\b)",
    r"\b(?:no ?one|nobody) (?:here )?(?:by|with|named|called) (?:that|this|the)\b",
    r"\b(?:dont|do not) know (?:any|a|who|anyone|anybody|this person|that person|her|him|no)\b.{0,30}(?:is|named"
    r"|name|person|her|him|by that|$)",
    r"\bnot (?:her|his|their) (?:number|phone|cell)\b",
    r"\b(?:new|changed|different) owner of this (?:number|phone)\b|\bi just got this (?:number|phone)\b",
    r"\bnumero (?:equivocado|incorrecto|errado)\b|\b(?:se|te) (?:equivoco|equivocaste|equivocaron)\b",
    r"\b(?:persona equivocada|no soy (?:esa persona|ella|el|la persona)|no conozco a|aqui no (?:vive|hay)|no es"
    r" (?:su|el) numero)\b",
    r"\b(?:este|ese) (?:no es el|no es su|ya no es el) (?:numero|telefono|celular)\b",
)

_KIN = (
    r"(?:mother|mom|mum|mama|father|dad|husband|wife|son|daughter|brother|sister|grandmother|grandfather"
    r"|grandma|grandpa|spouse)"
)
DECEASED_PATTERNS: Final = (
    rf"\b(?:he|she|they|patient|person|mr \w+|mrs \w+|ms \w+|my {_KIN})(?: has| had| is| s| have| already| just|"
    rf" sadly)*"
    r" (?:passed(?: away| on)|died|deceased|dead|no longer (?:alive|with us|living))\b",
    r"\b(?:hes|shes) (?:dead|deceased|passed(?: away)?|no longer with us)\b",
    r"^(?:is |the |this )*(?:patient |person )?(?:is )?deceased\b",
    r"\b(?:ella|el|mi \w+|la paciente|el paciente|la senora|el senor|ya|persona) (?:\w+ )?(?:fallecio|murio|ha"
    r" fallecido|ha muerto|esta muert[oa])\b",
    r"^(?:fallecio|murio|ya fallecio|ya murio)\b",
)
ABOUT_THEMSELVES: Final = (
    r"\b(?:reschedule|my appointment|i need|i cant|i cannot|i will|ill|funeral|mi cita|reprogramar|no puedo)\b"
)

RESCHEDULE_PATTERNS: Final = (
    r"\b(?:re ?schedul\w*|rebook\w*)\b",
    r"\b(?:change|move|switch|push|postpone|cancel|shift) (?:\w+ ){0,3}(?:appointment|appt|apt|appoint|visit|time"
    r"|date|day|slot)\b",
    r"\b(?:another|different|other|new|better|later|earlier|sooner) (?:day|time|date|appointment|appt|slot)\b",
    r"\b(?:appointment|appt|visit) (?:\w+ ){0,3}(?:to|for) (?:another|a different|later|next)\b",
    r"\b(?:cant|cannot|can not|unable to|wont be able to) (?:make|come|attend|go|do) (?:\w+ ){0,4}(?:but|can we"
    r"|could we|is there|do you)\b",
    r"\b(?:reprogram\w*|reagend\w*|aplazar|posponer|postergar)\b",
    r"\b(?:cambi\w*|mover|modificar|pasar|cancelar) (?:\w+ ){0,3}(?:cita|turno|fecha|hora|horario|dia|consulta"
    r"|visita)\b",
    r"\b(?:otra fecha|otro dia|otra hora|otro horario|otro turno|otra cita)\b",
)
LATER_PATTERNS: Final = (
    r"\b(?:call|text|contact|try|ask|reach|check)(?: me| us| back| again)* (?:\w+ ){0,2}(?:later|tomorrow|tonight"
    r"|next|in an hour|in a|after|another time)\b",
    r"\b(?:not (?:right )?now|maybe later|some other time|busy (?:right )?now|im (?:busy|at work|driving|in a"
    r" meeting)|at the moment i cant|get back to you|let you know|not at this time|not at the moment)\b",
    r"\b(?:in (?:a|an|one|two|three|\d+|a few|a couple of) (?:hour|day|week|month)s?)\b",
    r"\b(?:next (?:week|month|year)|after the holidays)\b",
    r"\b(?:mas tarde|mas adelante|en otro momento|luego (?:le|les|te)|ahora no|ahorita no|estoy (?:ocupad[oa]"
    r"|trabajando|manejando)|la (?:proxima|otra) semana|el (?:proximo|otro) mes|despues (?:le|les|te|de))\b",
)
NO_PATTERNS: Final = (
    r"^(?:no|nope|nah)\b(?! (?:problem|worries|doubt|hay problema|importa|se|entiendo|idea|wonder|need to worry"
    r"|because|la|el|es|me|ha|he|tengo|puedo esperar))",
    r"\b(?:not interested|no longer interested|cant make it|cannot make it|wont make it|cant come|cant attend|dont"
    r" want (?:it|to|an? appointment)|i have (?:another|a new|a different) (?:doctor|provider))\b",
    r"\b(?:no me interesa|no puedo (?:ir|asistir|llegar)|no voy a (?:ir|poder)|no podre|no quiero (?:ir|cita|la"
    r" cita|una cita)|ya no (?:quiero|necesito|me interesa)|tengo otro (?:doctor|medico))\b",
)
YES_PATTERNS: Final = (
    r"^(?:yes|yeah|yep|yup|yea|sure|okay|ok|absolutely|definitely|confirm|confirmed|of course)\b(?! (?:but|lar|lor"
    r"|then))",
    r"\b(?:ill be there|i will be there|im coming|i am coming|count me in|sounds good|looking forward|i confirm|"
    r"(?:i want|id like|i would like|i need|can i (?:get|make|have)|want) (?:to )?(?:make |schedule |book |set up "
    r"|have |get |come in)?(?:for )?(?:an? |the |my )?(?:appointment|appt|visit|checkup|come in)|sign me up|book"
    r" me|schedule me|please (?:call|schedule|book))\b",
    r"^(?:si|claro|por supuesto|confirmo|de acuerdo|vale|ok|bueno)\b(?! (?:pero|no))",
    r"\b(?:ahi estare|alli estare|si voy|me interesa|cuenten conmigo|quiero (?:una|hacer una|sacar una|agendar|la)"
    r" ?(?:cita|turno)?|quisiera (?:una|agendar|hacer|sacar|pedir)|agendar (?:una )?cita|necesito (?:una )?cita)\b",
)
START_PATTERNS: Final = (
    r"^(?:please |pls )?(?:start|resume|restart) (?:texting|messages|texts|sending|messaging|contacting|again)\b",
    r"\b(?:opt|sign) me (?:back )?in\b|\b(?:resubscribe|unstop)\b",
    r"^(?:reanud\w*|inici\w*|volver a recibir|quiero (?:volver a )?recibir) (?:\w+ ){0,2}mensajes\b",
)
QUESTION_PATTERNS: Final = (
    r"^(?:who|what|whats|when|where|why|how|which|whose|can|could|do|does|did|is|are|will|would|should|may|am|have"
    r"|has)\b",
    r"^(?:quien|que|cuando|donde|por que|como|cual|cuanto|cuantos|puedo|puede|pueden|tienen|tiene|hay|es|a que|de"
    r" que|para que)\b",
)
_SPANISH = (
    "de la el los las que si una un por para con mi su es en del al lo como pero mas cita hola gracias quiero puedo"
    " tengo esta usted buenos buenas dias tardes necesito cuando donde quien muy hacer ya soy estoy le les nos"
    " ayuda mensajes numero llamar"
)
SPANISH: Final = frozenset(_SPANISH.split())
"""Common words by which a reply is told to be Spanish."""
