/**
 * What each key of the policy is for, in German, by the policy's own English description. A description that was changed
 * is shown as it is, in English, until it stands here: German that says what is no longer so would be worse.
 */
export const policyKeys: Readonly<Record<string, string>> = {
  "The version of this file's shape. Always 1 for now.":
    "Die Version des Aufbaus dieser Datei. Bisher gibt es nur die 1.",
  "The name under which the box appears in lists on phones and televisions; at most 64 bytes.":
    "Der Name, unter dem die Box auf Handys und Fernsehern in der Liste steht; höchstens 64 Bytes.",
  "Devices that are let in by this file. They are listed as declared, and leave only by being taken out here.":
    "Geräte, die durch diese Datei zugelassen sind. Sie stehen als eingetragen in der Liste und lassen sich nur hier wieder herausnehmen.",

  "`true`: a new device waits until the owner lets it in. `false` is open mode: every device on the network may watch the screen and use keyboard, pointer and gamepads without being asked for, and clients trust the box on first sight. Only for a network where everybody may do everything; the console shows a banner as long as it is so.":
    "`true`: Ein neues Gerät wartet, bis der Besitzer es freigibt. `false`: Jedes Gerät im Netz darf ungefragt den Bildschirm sehen und Tastatur, Maus und Gamepads benutzen, und Geräte vertrauen der Box auf den ersten Blick. Nur für ein Netz, in dem alle alles dürfen; die Konsole erinnert daran, solange es so ist.",
  "How many bytes of a device's own name are kept; the rest is cut off between two characters.":
    "Wie viele Bytes vom eigenen Namen eines Geräts behalten werden; der Rest wird zwischen zwei Zeichen abgeschnitten.",
  "How many devices may wait at once. When one more knocks, one of the address with the most places goes: first such as hold no connection, and of those the one that was quiet for longest.":
    "Wie viele Geräte zugleich warten dürfen. Klopft noch eines an, geht eines von der Adresse mit den meisten Plätzen: zuerst eines, das nicht in der Leitung bleibt, und davon das, von dem am längsten nichts kam.",
  "How many of them may come from one address.": "Wie viele davon von einer Adresse kommen dürfen.",
  "How long a knock is kept after the device was last heard of.":
    "Wie lange ein Klopfen stehen bleibt, nachdem zuletzt etwas vom Gerät kam.",
  "How long a knocking device's connection is held open, so that it goes on by itself once approved. With 0 it is turned away at once and connects again after the approval.":
    "Wie lange ein Gerät, das anklopft, in der Leitung bleibt, damit es nach der Freigabe von selbst weitergeht. Mit 0 wird es sofort abgewiesen und verbindet sich nach der Freigabe neu.",
  "How many digits a PIN has. Each PIN is good for one guess, so four are enough.":
    "Wie viele Ziffern eine PIN hat. Jede gilt für einen Versuch, deshalb genügen vier.",
  "How long a PIN can be used after it was asked for.": "Wie lange eine PIN gilt, nachdem sie erzeugt wurde.",
  "The rest between two attempts. It doubles with each further attempt from one address, up to five minutes, and wrong PINs make everybody wait as long; the device that an armed PIN is meant for does not wait for the attempts of others.":
    "Die Pause zwischen zwei Versuchen. Sie verdoppelt sich mit jedem weiteren Versuch von einer Adresse, bis zu fünf Minuten, und nach falschen PINs warten alle so lange; das Gerät, für das eine PIN bestimmt ist, wartet nicht auf die Versuche anderer.",
  "Make a PIN without being asked as soon as a device wants to pair, and write it to the log. For a box without screen and console; whoever reads the log can pair. Such a PIN has at least six digits, and after three of them that paired nobody the owner has to arm the next one.":
    "Erzeugt ungefragt eine PIN, sobald ein Gerät koppeln will, und schreibt sie ins Protokoll. Für eine Box ohne Bildschirm und Konsole; wer das Protokoll lesen kann, kann koppeln. Eine solche PIN hat mindestens sechs Ziffern, und nach dreien, die niemanden gekoppelt haben, muss der Besitzer die nächste erzeugen.",

  "Whether this door is open.": "Ob diese Tür offen ist.",
  "The UDP port on which clients connect.": "Der UDP-Port, auf dem sich Geräte verbinden.",
  "The UDP port from which pictures are sent; 0 takes a free one for each stream. A fixed port suits a strict firewall, and holds one stream: others at the same time are sent from free ports. Behind such a firewall, set limits.sessions to 1.":
    "Der UDP-Port, von dem aus Bilder geschickt werden; 0 nimmt für jede Übertragung einen freien. Ein fester Port passt zu einer strengen Firewall und reicht für eine Übertragung: Weitere zur selben Zeit kommen von freien Ports. Setz hinter einer solchen Firewall limits.sessions auf 1.",
  "Whether this door is open. The protocol is older and guards less; its ports are opened only then, and a device is let in at it only if it was paired there.":
    "Ob diese Tür offen ist. Das Protokoll ist älter und schützt weniger; seine Ports werden nur dann geöffnet, und ein Gerät kommt hier nur herein, wenn es hier gekoppelt wurde.",
  "The TCP port that Moonlight clients know the box by. The others of this door lie at fixed distances: TCP 5 below and 21 above it, UDP 9, 10 and 11 above. With another than 47989, clients that do not find the box by themselves need it behind the address, as in 192.168.1.20:48100.":
    "Der TCP-Port, unter dem Moonlight die Box kennt. Die anderen dieser Tür liegen in festem Abstand: TCP 5 darunter und 21 darüber, UDP 9, 10 und 11 darüber. Bei einem anderen als 47989 brauchen Geräte, die die Box nicht von selbst finden, ihn hinter der Adresse, wie in 192.168.1.20:48100.",
  "Whether only clients with an address of a local network are answered at this door.":
    "Ob an dieser Tür nur Geräte mit einer Adresse des lokalen Netzes eine Antwort bekommen.",
  "What a client must encrypt: `required` pictures and sound too, and a client that does not is refused; `offered` leaves them to the client, and the negotiation where its app is too old to encrypt it. Control and input are always encrypted.":
    "Was ein Gerät verschlüsseln muss: `required` auch Bilder und Ton, und ein Gerät, das das nicht tut, wird abgewiesen; `offered` überlässt ihm beides, und die Aushandlung dort, wo seine App zu alt ist, um sie zu verschlüsseln. Steuerung und Eingaben sind immer verschlüsselt.",

  "Who can open the console: `lan` everybody on the network (who must still show that they may), `local` only programs on the box itself, or a list of the box's addresses to listen on. A change takes effect at the next start.":
    "Wer die Konsole öffnen kann: `lan` alle im Netz (die trotzdem zeigen müssen, dass sie dürfen), `local` nur Programme auf der Box selbst, oder eine Liste von Adressen der Box, auf denen sie antwortet. Eine Änderung gilt ab dem nächsten Start.",
  "The TCP port of the console (HTTPS). A change takes effect at the next start.":
    "Der TCP-Port der Konsole (HTTPS). Eine Änderung gilt ab dem nächsten Start.",
  "After how long a signed-in browser gives the password again before it lets a device in, throws one out, or does anything else that is weighty.":
    "Nach welcher Zeit ein angemeldeter Browser das Passwort noch einmal braucht, bevor er ein Gerät zulässt, eines hinauswirft oder sonst etwas von Gewicht tut.",
  "Further names by which browsers may call the console. The machine's own name and addresses need not be listed; a request that calls the box by any other name is refused, so that no web page can reach it under a name of its own.":
    "Weitere Namen, unter denen Browser die Konsole aufrufen dürfen. Der Name und die Adressen der Box selbst müssen nicht hier stehen; unter jedem anderen Namen wird abgewiesen, damit keine Webseite die Box unter einem eigenen Namen erreicht.",

  "Where pictures come from: `auto` the screen where there is one, else the test card; `kms` always the screen, waiting for one; `test-card` a moving picture for trying things out; `{ file: PATH }` a video file, again and again.":
    "Woher die Bilder kommen: `auto` vom Bildschirm, wo es einen gibt, sonst das Testbild; `kms` immer vom Bildschirm, auch wenn erst auf einen zu warten ist; `test-card` ein bewegtes Bild zum Ausprobieren; `{ file: PFAD }` eine Videodatei, immer wieder von vorn.",
  "Which screen, by its connector as listed in /sys/class/drm, such as `HDMI-A-1`; `auto` takes the first that shows a picture.":
    "Welcher Bildschirm, nach seinem Anschluss in /sys/class/drm, zum Beispiel `HDMI-A-1`; `auto` nimmt den ersten, der ein Bild zeigt.",

  "Where sound comes from: `auto` with the screen what the box plays, with the test card a tone, with a video file its own sound; `system` always what the box plays, from a PipeWire or PulseAudio that runs for the whole system; `tone` a quiet tone for trying things out; `none` no sound.":
    "Woher der Ton kommt: `auto` beim Bildschirm, was die Box abspielt, beim Testbild ein Testton, bei einer Videodatei deren Ton; `system` immer, was die Box abspielt, aus einem PipeWire oder PulseAudio, das für das ganze System läuft; `tone` ein leiser Ton zum Ausprobieren; `none` kein Ton.",

  "Who compresses: `auto` the graphics card where it can, else the processor; `software` the processor; `vaapi` the graphics card. This version has only the processor, and says so at start.":
    "Wer kodiert: `auto` die Grafikkarte, wo sie es kann, sonst der Prozessor; `software` der Prozessor; `vaapi` die Grafikkarte. Diese Version kann es nur mit dem Prozessor und sagt es beim Start.",
  "The codecs that may be used, in any order. Of those that it decodes and that this box can make, a device gets the one that it prefers, else HEVC, AV1 or H.264, in this order.":
    "Welche Codecs benutzt werden dürfen; die Reihenfolge ist egal. Von denen, die es selbst und diese Box beherrscht, bekommt ein Gerät den, der ihm am liebsten ist, sonst HEVC, AV1 oder H.264, in dieser Reihenfolge.",
  "For a client that asks for none.": "Für ein Gerät, das keine verlangt.",
  "The least that a stream is cut down to.": "Weniger bekommt keine Übertragung, auch wenn das Netz langsam ist.",
  "The most that a client can ask for.": "Wie viel ein Gerät höchstens verlangen kann.",
  "How much repair data each picture has when a stream begins. From then on it follows the loss that the device reports, between 5 % and 50 %; 0 % turns it off for good.":
    "Wie viel zum Ausgleich verlorener Pakete anfangs zu jedem Bild dazukommt. Danach richtet es sich nach dem Verlust, den das Gerät meldet, zwischen 5 % und 50 %; 0 % schaltet es ganz ab.",

  "Whether clients may type.": "Ob Geräte tippen dürfen.",
  "Whether clients may move the pointer, click and scroll.":
    "Ob Geräte den Mauszeiger bewegen, klicken und scrollen dürfen.",
  "Whether clients may touch the screen with their fingers.":
    "Ob Geräte den Bildschirm mit den Fingern berühren dürfen.",
  "Whether clients may draw on the screen with a pen.": "Ob Geräte mit einem Stift auf dem Bildschirm zeichnen dürfen.",
  "How many gamepads all clients together may plug in; 0 for none.":
    "Wie viele Gamepads alle Geräte zusammen anschließen dürfen; 0 für keines.",

  "What Moonlight clients can start besides the desktop, if their devices may start apps at all. A runner starts them, as the user of the screen's session: the service punktfunk-apps.":
    "Was Moonlight außer dem Desktop starten kann, wenn das Gerät überhaupt Programme starten darf. Gestartet wird es als der Benutzer der Sitzung auf dem Bildschirm: vom Dienst punktfunk-apps.",

  "How many devices may stream at the same time; the next one is told that the box is full.":
    "An wie viele Geräte zugleich übertragen wird; dem nächsten wird gesagt, dass die Box voll ist.",
  "The largest mode that a device gets, because pictures cost memory and time by their size. A device that wishes for more gets the largest picture of its shape that fits, upright or lying.":
    "Die größte Auflösung und Bildrate, die ein Gerät bekommt, denn große Bilder kosten Speicher und Zeit. Ein Gerät, das mehr möchte, bekommt das größte passende Bild in seinem Seitenverhältnis, hoch oder quer.",

  "The https:// address where new versions are announced. Without one the box looks for none. Not in this version, which says so at start.":
    "Die https://-Adresse, unter der neue Versionen angekündigt werden. Ohne sie sucht die Box keine. In dieser Version noch nicht; sie sagt es beim Start.",
  "The address where new versions are announced. Without one the box looks for none. https:// hides what a box looks for; http:// will do too, because only what `keys` have signed is ever used.":
    "Die Adresse, unter der neue Versionen angekündigt werden. Ohne sie sucht die Box keine. https:// verbirgt, wonach eine Box sucht; http:// geht auch, denn benutzt wird nur, was mit `keys` unterschrieben ist.",
  "The public keys (minisign) of those who may publish versions for this box. Without one none is taken. A version that is signed by one of them may announce a further key, which then counts as long as the key that announced it.":
    "Die öffentlichen Schlüssel (minisign) derer, die Versionen für diese Box veröffentlichen dürfen. Ohne einen wird keine angenommen. Eine Version, die mit einem davon unterschrieben ist, darf einen weiteren ankündigen; der gilt dann so lange wie der Schlüssel, der ihn angekündigt hat.",
  "The most that a download may take of the network. Without it there is no limit.":
    "Wie viel vom Netz ein Download höchstens beanspruchen darf. Ohne Angabe gibt es keine Grenze.",
  "After how long without any news from the feed the owner is told. With 0 nobody is.":
    "Nach welcher Zeit ohne jede Nachricht vom Feed der Besitzer davon erfährt. Mit 0 erfährt es niemand.",
  "When a new version is put in place: `manual` only when somebody asks, `idle` when nobody streams, `night` when nobody streams between 3 and 5 o'clock.":
    "Wann eine neue Version eingespielt wird: `manual` nur auf Verlangen, `idle` wenn nichts übertragen wird, `night` wenn zwischen 3 und 5 Uhr nichts übertragen wird.",
};
