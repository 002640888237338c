"""The most common words of the languages that share a script, most frequent first.

Written by hand for this project: function words, then words that requests to an assistant are
made of. A word is cut after its apostrophe, and stands in the list of each language that has it.
"""

# ruff: noqa: RUF001  # letters that look alike are what tells languages apart

UNKNOWN = "unknown"

_LATIN = {
    "en": """the of and to a in is i that it you for on was with as be are this have not at by or an
from but they he we his her my your me what do how can if will would there which when who one all
their has about more so no out up them she some could just like been other into than then its our
over only also any these don' t it' s i' m were had did does where why should because make made
please write give tell explain list find show help need want use using used get know think good best
between most people time new first two three many much after before while very way work day man
woman men women year thing things name each sentence text word words code question answer example
create describe summarize translate compare being those here through same another such own both
during without within around against under again few last next right down off too really let yes
thanks thank hello story short simple different children girl boy house city country world water
food money book school car friend family love life night morning week month hours big old young long
high see come go take live play eat read black white red poem joke recipe letter ideas history
language english german french spanish cook buy learn improve fix cheap never always today""",
    "de": """die der und das in ist ich den von zu mit sich auf für nicht es ein eine dem im auch
als an wie er sie wir ihr du man aus bei nach um am sind war hat haben wird werden dass des einen
einer einem eines oder aber wenn noch so nur was wer wo warum kann mir mich dir dich mein meine
meinen meiner dein deine sein seine ihre ihren unser uns euch zum zur bis durch über unter vor gegen
mehr sehr schon hier dort dann denn da diese dieser dieses diesen kein keine welche welcher welches
gibt bin bist habe hast könnte kannst können soll sollte muss müssen möchte will bitte danke
schreibe schreib gib erkläre erklär nenne fasse übersetze zusammen zwischen ohne immer wieder heute
jetzt gut neue neuen zwei drei erste ersten jahr jahre zeit leute mann frau menschen kinder kind
satz text wort wörter frage antwort beispiel hallo geht machen macht mache gemacht sagt sagte weil
damit ob alle alles einfach eigentlich etwas nichts wurde wurden junge mädchen haus stadt land welt
wasser essen geld buch schule auto freund familie liebe leben nacht morgen woche monat stunden groß
große kleine alte lange hoch sehen kommen gehen nehmen sagen lesen schwarz weiß rot gedicht
geschichte witz rezept brief ideen sprache deutsch englisch kochen kaufen lernen verbessern
korrigiere günstig nie gestern hauptstadt unterschied verwenden bedeutet funktioniert""",
    "fr": """de la le et les des un une en est à que qui dans l' d' qu' du pour pas sur il je ce se
ne plus par avec au son sa ses c' j' n' s' m' t' nous vous ils elle elles on tu mais ou où leur
leurs mon ma mes ton ta tes notre votre cette ces cet aux sont était été être avoir ai as a avez
avons ont fait faire peut peux pouvez dit tout tous toute toutes comme si bien aussi très quel
quelle quels quelles comment pourquoi quand quoi donc alors entre sans sous après avant depuis
pendant chez moi toi lui y même encore deux trois premier première temps ans année jour homme femme
hommes femmes gens enfants enfant fille garçon écris écrire donne donner explique expliquer résume
traduis merci bonjour svp plaît liste phrase texte mot mots question réponse exemple plusieurs autre
autres chaque quelques peu non oui faut veux voudrais besoin sera serait meilleur meilleure nouveau
nouvelle rien jamais toujours ainsi selon vers cela ça maison ville pays monde eau argent livre
école voiture ami famille amour vie nuit matin semaine mois heures grand grande petit petite vieux
long haut voir venir aller prendre dire vivre manger lire noir blanc rouge poème histoire blague
recette lettre idées langue français anglais cuisiner acheter apprendre améliorer corrige aujourd'
hui demain hier capitale différence pouvoir signifie fonctionne beaucoup pourrais""",
    "es": """de la que el en y a los se del las un por con no una su para es al lo como más pero sus
le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo
nos durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo
otro otras otra él tanto esa estos mucho quienes nada muchos cual poco ella estar estas está están
son fue era ser ha han he hacer hace puede puedo puedes tiene tengo tienes mi mis tu tus te si cómo
cuál cuáles cuándo dónde quién cuánto cuántos dos tres años año día días tiempo hombre mujer hombres
mujeres gente niño niña niños persona escribe escribir dame explica explicar explícame resume
traduce hola gracias favor quiero necesito lista frase texto palabra palabras pregunta respuesta
ejemplo mejor mejores nuevo nueva primera primer según así aquí ahora bien después cada usted
siempre nunca algo hacia mismo ayuda ayúdame casa ciudad país mundo agua comida dinero libro escuela
coche amigo familia amor vida noche mañana semana mes horas grande pequeño viejo joven largo alto
ver venir ir tomar decir vivir comer leer negro blanco rojo poema historia chiste receta carta ideas
idioma español inglés cocinar comprar aprender mejorar corrige hoy ayer capital diferencia usar""",
    "pt": """de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao
ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre
era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu
às minha têm numa pelos elas havia seja qual será nós tenho lhe deles essas esses pelas este dele tu
te vocês vos lhes meus minhas teu tua nosso nossa dela esta estes estas aquele aquela isto aquilo
são somos fui pode posso podem fazer faz faça feito dois duas três anos ano dia dias tempo homem
mulher homens mulheres pessoas pessoa menino menina crianças criança escreva escrever explique
explicar resuma traduza dê obrigado obrigada olá oi favor quero preciso lista frase texto palavra
palavras pergunta resposta exemplo melhor melhores novo nova primeiro primeira quais onde porque
quanto quantos cada sobre segundo então agora aqui bem sempre nunca algo mim ajuda ajude casa cidade
país mundo água comida dinheiro livro escola carro amigo família amor vida noite manhã semana mês
horas grande pequeno velho jovem longo alto ver vir ir tomar dizer viver comer ler preto branco
vermelho poema história piada receita carta ideias língua português inglês cozinhar comprar aprender
melhorar corrija hoje amanhã ontem capital diferença usar significa funciona poderia conte curto""",
    "it": """di e il la che in un a per è una non sono del con i le da si della al come più lo gli
ma dei nel alla l' d' c' dell' un' all' nell' dall' sull' quest' anche ha ho hai hanno su questo
questa questi queste se mi ti ci vi ne o ed io tu lui lei noi voi loro suo sua suoi mio mia miei mie
tuo tua nostro dove quando chi cosa quale quali perché quanto quanti dalla delle degli dai nella
nelle sul sulla alle agli fra tra dopo prima senza sotto sopra contro molto molti tutto tutti tutte
altro altri altre stato stata essere avere fare fa fatto può posso puoi possono deve era due tre
anni anno giorno tempo uomo donna uomini donne persone persona bambino bambina bambini ragazzo
ragazza scrivi scrivere dammi spiega spiegare spiegami riassumi traduci grazie ciao favore voglio
vorrei elenco frase testo parola parole domanda risposta esempio migliore migliori nuovo nuova primo
ogni così ancora già solo sempre mai qui ora bene poi però quindi oppure sta stanno aiuto aiutami
qualche casa città paese mondo acqua cibo soldi libro scuola macchina amico famiglia amore vita
notte mattina settimana mese ore grande piccolo vecchio giovane lungo alto vedere venire andare
prendere dire vivere mangiare leggere nero bianco rosso poesia storia barzelletta ricetta lettera
idee lingua italiano inglese cucinare comprare imparare migliorare correggi oggi domani ieri
capitale differenza usare significa funziona potresti racconta breve""",
    "nl": """de het een van en in is dat op te zijn met voor niet die aan er ik je hij ze om ook als
maar dan bij nog uit naar door over was wordt worden werd heeft hebben had heb hebt kan kun kunt
kunnen zou zal moet moeten wil wat wie waar waarom hoe welke wanneer of zo mijn jouw haar hun ons
onze u uw we wij jij jullie mij me hem deze dit daar hier geen meer veel al wel toch tot tegen onder
tussen zonder tijdens na zich alleen alle alles iets niets heel zeer goed nieuwe twee drie eerste
jaar tijd dag mensen man vrouw mannen vrouwen kinderen kind jongen meisje schrijf schrijven geef leg
vertel vertaal vat samen maak maken doen doe gaat gaan komt alsjeblieft bedankt dank hallo zin tekst
woord woorden vraag antwoord voorbeeld lijst beste ben bent omdat want echter elke ander andere
zoals graag nodig eens even nu huis stad land wereld water eten geld boek school auto vriend familie
liefde leven nacht morgen week maand uur groot grote kleine oude jonge lange hoog zien komen nemen
zeggen wonen lezen zwart wit rood gedicht verhaal grap recept brief ideeën geschiedenis taal
nederlands engels koken kopen leren verbeter goedkoop nooit altijd vandaag gisteren hoofdstad""",
    "pl": """w i na z się nie do to że jest o jak za po co ale od przez tym jego dla ich był ja tak
już tylko czy przy jej kiedy tego też być może jeszcze bardzo które który która są ma mi mnie pan go
ze ty gdy bez pod nad jako lub albo więc była było były będzie mam masz mają można mogę możesz moja
mój moje twój swój swoje nas nam was wam im jaki jaka jakie gdzie kto dlaczego ile której którego
ten ta te tej temu tych tymi u przed między oraz także więcej wszystko wszystkie wszystkich coś nic
każdy każdego dwa dwie trzy pierwszy lat rok roku czas dzień człowiek mężczyzna kobieta ludzie ludzi
dzieci dziecko chłopiec dziewczyna napisz podaj wyjaśnij wytłumacz opisz przetłumacz streść proszę
dziękuję dzięki cześć chcę potrzebuję lista zdanie tekst słowo słowa pytanie odpowiedź przykład
najlepszy najlepsze nowy nowe nowa bo jeśli jeżeli aby żeby teraz tutaj dobrze dom miasto kraj świat
woda jedzenie pieniądze książka szkoła samochód przyjaciel rodzina miłość życie noc rano tydzień
miesiąc godzin duży małe stary młody długi wysoki widzieć iść wziąć powiedzieć mówić jeść czytać
czarny biały czerwony wiersz historia dowcip przepis list pomysły język polski angielski gotować
kupić uczyć popraw tani nigdy zawsze dziś jutro wczoraj stolica różnica używać znaczy działa""",
    "sv": """och i att det som en på är av för med den till inte om ett han men var jag sig från vi
så kan man när år säger hon under också efter eller nu sin där vid mot ska skulle kommer ut får
finns vara hade alla andra mycket än här då sedan över bara in blir upp även vad få två vill ha
många hur mer går detta nya skall hans utan sina något svenska allt första fick måste hennes de dem
du dig mig min mitt mina din ditt dina er ni oss vår våra vem vilken vilka vilket varför denna dessa
hjälp skriv ge förklara berätta översätt sammanfatta gör göra tack hej snälla behöver lista mening
text ord fråga svar exempel bästa bra kvinna män människor barn pojke flicka tre mellan nej ja någon
några inga ingen gjorde blev har hus stad land värld vatten mat pengar bok skola bil vän familj
kärlek liv natt morgon vecka månad timmar stor stora liten lilla gammal ung lång hög se komma gå ta
säga leva äta läsa svart vit röd dikt historia skämt recept brev idéer språk engelska laga köpa lära
förbättra rätta billig aldrig alltid idag igår huvudstad skillnad använda betyder fungerar""",
    "da": """og i at det som en på er af for med den til ikke om et han men var jeg sig fra vi så
kan man når år siger hun under også efter eller nu sin der ved mod skal skulle kommer ud får findes
være havde alle andre meget end her da siden over kun ind bliver op selv hvad to vil have mange hvor
mere går dette nye hans uden noget alt første fik må hendes de dem du dig mig min mit mine din dit
dine jer os vores hvem hvilken hvilke hvilket hvorfor denne disse hjælp skriv giv forklar fortæl
oversæt opsummer gør gøre tak hej venligst brug behøver liste sætning tekst ord spørgsmål svar
eksempel bedste godt god kvinde mænd mennesker barn børn dreng pige tre mellem nej ja nogen nogle
ingen blev har hvordan bruge lave lav hus by land verden vand mad penge bog skole bil ven familie
kærlighed liv nat morgen uge måned timer stor store lille gammel ung lang høj se komme gå tage sige
leve spise læse sort hvid rød digt historie vittighed opskrift brev ideer sprog dansk engelsk købe
lære forbedre ret billig aldrig altid dag hovedstad forskel anvende betyder virker hjælpe kort""",
    "no": """og i å det som en på er av for med den til ikke om et han men var jeg seg fra vi så kan
man når år sier hun under også etter eller nå sin der ved mot skal skulle kommer ut får finnes være
hadde alle andre mye enn her da siden over bare inn blir opp selv hva to vil ha mange hvor mer går
dette nye hans uten noe alt første fikk må hennes de dem du deg meg min mitt mine din ditt dine dere
oss vår våre hvem hvilken hvilke hvilket hvorfor denne disse hjelp skriv gi forklar fortell oversett
oppsummer gjør gjøre takk hei vennligst bruk trenger liste setning tekst ord spørsmål svar eksempel
beste bra god kvinne menn mennesker barn gutt jente tre mellom nei ja noen ingen ble har hvordan
bruke lage lag hus by land verden vann mat penger bok skole bil venn familie kjærlighet liv natt
morgen uke måned timer stor store liten gammel ung lang høy se komme gå ta si leve spise lese svart
hvit rød dikt historie vits oppskrift brev ideer språk norsk engelsk kjøpe lære forbedre rett billig
aldri alltid dag hovedstad forskjell betyr virker hjelpe kort vært""",
    "fi": """ja on ei että se hän oli ovat kun niin mutta joka mitä mikä kuka missä miten miksi
milloin kuinka tai jos myös olla ole olen olet olivat ollut minä sinä me te he minun sinun hänen
meidän tämä tämän tätä nämä ne sen siitä siinä jotka jonka kanssa mukaan vain kuin nyt jo vielä
sitten hyvin paljon enemmän kaikki kaikkien jotain mitään yksi kaksi kolme ensimmäinen vuotta vuoden
vuonna aika päivä mies nainen miestä ihmiset ihmisiä lapsi lapset poika tyttö kirjoita anna kerro
selitä käännä tiivistä listaa auta kiitos hei moi haluan tarvitsen voin voit voi voivat pitää lause
teksti sana sanat kysymys vastaus esimerkki paras parhaat uusi hyvä ilman ennen jälkeen aikana
välillä eli sekä eikä ettei minulle sinulle voisitko tee tehdä mitkä talo kaupunki maa maailma vesi
ruoka raha rahaa kirja koulu auto ystävä perhe rakkaus elämä yö aamu viikko kuukausi tuntia iso
suuri pieni vanha nuori pitkä korkea nähdä tulla mennä ottaa sanoa elää syödä lukea musta valkoinen
punainen runo tarina historia vitsi resepti kirje ideoita kieli suomi suomeksi englanniksi ostaa
oppia paranna korjaa halpa koskaan aina tänään huomenna eilen pääkaupunki ero käyttää tarkoittaa""",
    "cs": """a se v na je že to s z do o i jako za by ale po jsem jsou pro podle od byl byla bylo
být nebo také jak si co který která které už jen jeho její jejich než až když tak ještě však může
mohl při před mezi bez pod nad kde kdo proč kdy kolik jaký jaká jaké tento tato toto této tohoto tím
ten ta ti ty my vy on ona oni mi mě mně mám máš má mají můj moje tvůj náš svůj svou své mu ho ji jim
nás vás všechno všechny vše něco nic každý dva dvě tři první let rok roku čas den člověk muž žena
lidé lidí děti dítě chlapec dívka napiš napište vysvětli popiš přelož shrň uveď dej řekni prosím
děkuji díky ahoj chci potřebuji můžeš můžete seznam věta větu text slovo slova otázka odpověď
příklad nejlepší nový nové nová protože aby pokud teď tady dobře velmi více dům město země svět voda
jídlo peníze kniha škola auto přítel rodina láska život noc ráno týden měsíc hodin velký malý starý
mladý dlouhý vysoký vidět jít vzít říct žít jíst číst černý bílý červený báseň příběh historie vtip
recept dopis nápady jazyk čeština anglicky angličtiny vařit koupit učit zlepšit oprav levný nikdy
vždy dnes zítra včera rozdíl používat znamená funguje pomoz krátký udělat hlavní""",
    "tr": """ve bir bu da de için ile çok ne gibi daha en o olarak ama ben sen biz siz onlar mı mi
mu mü var yok olan kadar sonra her şey ya ki değil bana sana ona bizim benim senin onun nasıl neden
niçin nerede kim hangi kaç zaman şu önce göre hem eğer veya ancak artık iki üç ilk yıl yılında gün
adam kadın insan insanlar çocuk kız erkek yaz yazın ver açıkla anlat çevir özetle listele söyle
lütfen teşekkürler merhaba istiyorum edebilir misin mısın olur oldu olduğu olacak ederim yap yapmak
yapılır cümle metin kelime soru cevap örnek iyi yeni arasında hakkında üzerinde içinde bunu şunu
tarafından birlikte kendi bazı tüm bütün hiç şimdi burada nedir midir musun büyük eden etmek ev
şehir ülke dünya su yemek para kitap okul araba arkadaş aile aşk hayat gece sabah hafta ay saat
küçük eski genç uzun yüksek görmek gelmek gitmek almak söylemek yaşamak okumak siyah beyaz kırmızı
şiir hikaye tarih fıkra tarif mektup fikir dil türkçe ingilizce pişirmek satın öğrenmek düzelt ucuz
asla bugün yarın dün başkenti fark kullanmak demek yardım kısa yapmam gerekiyor""",
    "vi": """và của là có không được cho một các những người trong với này đã để khi đến từ cũng như
về ra ở tôi bạn anh chị em ông bà họ chúng ta mình nó gì nào sao thế tại vì nếu thì mà nhưng hay
hoặc rất nhiều hơn nhất sẽ đang phải làm đi lại lên vào trên dưới sau trước năm ngày giờ việc hai ba
đầu mới cách viết hãy giải thích dịch tóm tắt giúp xin cảm ơn chào câu hỏi trả lời ví dụ bài thơ phụ
nữ trẻ con nói biết muốn cần thể theo do qua lúc đây đó ai đâu bao nhiêu bằng tốt việt nam nước nhà
thành phố giới ăn tiền sách trường xe gia đình tình yêu cuộc sống đêm sáng tuần tháng lớn nhỏ cũ dài
cao thấy đọc đen trắng đỏ truyện chuyện lịch sử công thức thư ý tưởng tiếng nấu mua học sửa rẻ""",
    "id": """yang dan di dari untuk dengan ini itu pada tidak dalam adalah akan ke saya anda kamu
dia kami kita mereka ada atau juga oleh sebagai bisa dapat lebih karena telah sudah belum seperti
apa siapa mana kapan mengapa kenapa bagaimana berapa jika kalau tetapi tapi agar supaya hanya sangat
banyak semua setiap satu dua tiga orang pria wanita anak tahun hari waktu baru setelah sebelum
antara tentang tanpa para sebuah seorang tersebut harus ingin perlu tolong mohon buat buatkan tulis
tuliskan jelaskan berikan sebutkan terjemahkan ringkas terima kasih halo kalimat teks kata
pertanyaan jawaban contoh terbaik cara menjadi membuat menggunakan saat masih lagi pun secara maka
bahwa nya aku sedang punya rumah kota negara dunia air makanan uang buku sekolah mobil teman
keluarga cinta hidup malam pagi minggu bulan jam besar kecil lama muda panjang tinggi melihat datang
pergi mengambil berkata makan membaca hitam putih merah puisi cerita sejarah lelucon resep surat ide
bahasa indonesia inggris memasak membeli belajar perbaiki murah selalu besok kemarin ibu""",
    "ro": """de și în a la cu că nu o un este pe se pentru din care mai ce sunt al ale cel cea fi au
am ai are avea sau dar dacă când cum unde cine cât câte pot poate poți vreau trebuie lui ei lor eu
tu el ea noi voi meu mea mele mei tău ta său sa îmi îți mă te ne vă îl îi prin după înainte fără
între până despre către foarte mult multe tot toate toți acest această aceasta acestea aceste acesta
ca fost era face fac doi două trei ani an zi timp bărbat femeie oameni copii copil băiat fată scrie
scrieți explică tradu rezumă dă spune mulțumesc salut bună rog listă propoziție text cuvânt cuvinte
întrebare răspuns exemplu bun nou nouă prima primul acum aici doar chiar apoi astfel cele cei unei
unui casă casa oraș țară lume apă mâncare bani carte școală mașină prieten familie dragoste viață
noapte dimineața săptămână lună ore mare mic vechi tânăr lung înalt vedea veni merge lua zice trăi
mânca citi negru alb roșu poezie poveste istorie glumă rețetă scrisoare idei limba română engleză
găti cumpăra învăța corectează ieftin niciodată întotdeauna azi mâine ieri capitala diferența""",
    "hu": """a az és hogy nem is egy ez van volt meg csak de ha már mint még azt el ki mi ő én te
mit ezt miért hogyan hol mikor mennyi melyik milyen vagy aki ami amely akkor így úgy itt ott nagyon
több minden valami semmi kell lehet lesz vannak voltak lenne nekem neked neki engem téged között
nélkül után előtt alatt szerint által mert tehát viszont pedig most két három első év évben nap idő
férfi nő ember emberek gyerek fiú lány írj írd adj mondj magyarázd fordítsd foglald össze sorold
kérlek köszönöm szia helló szeretnék tudsz tudok mondat szöveg szó szavak kérdés válasz példa
legjobb új jó egyik másik ezek azok ebben abban ennek annak róla ház város ország világ víz étel
pénz könyv iskola autó barát család szerelem élet éjszaka reggel hét hónap óra nagy kis régi fiatal
hosszú magas látni jön megy vesz mond él enni olvas fekete fehér piros vers verset történet
történelem vicc recept levél ötlet ötletek nyelv magyar magyarul angol angolra főzni venni tanulni
javítsd olcsó soha mindig ma holnap tegnap fővárosa különbség használni jelent működik segíts""",
    UNKNOWN: """import def class return self none null true false function var const int float
double void string bool char struct enum print printf println echo main public private static delete
throw catch try else elif endif fi esac async await yield lambda std vector map foreach switch case
break continue include define template typename namespace fn impl mut pub err nil func package rust
java javascript typescript python html css json xml yaml sql csv api url http https www com org
select join inner outer group order having limit insert values update set table drop alter index
count primary key npm pip git commit push pull origin master branch merge docker kubectl sudo apt
install bash sh cd ls mkdir rm cp mv cat grep chmod usr bin lib etc src dev tmp log config debug
error warning exception file line args len str dict tuple array object node numpy np pd plt react
sin cos tan cot sec ln exp lim sqrt frac sum mod gcd det dx dy dt ax bx max min arg inf pi theta
alpha beta iphone pro plus mini google windows linux ubuntu android chatgpt gpt llm ai ok okay hm
haha lol wow pdf app web online internet laptop computer software email video audio radio hotel taxi
euro dollar kg km cm mm ml mg lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod""",
}

_CYRILLIC = {
    "ru": """и в не на я что он с как это по а но к у из за то от о же для так вы мы ты они она оно
мне меня мой моя мои мое моё твой ваш наш его её ее их был была было были быть есть нет да или если
когда где кто почему сколько какой какая какие какое чем чтобы только уже еще ещё очень можно может
надо нужно все всё всех этот эта эти этого этой том при до без под над между после перед про об со
во ли бы себя один два три год лет время человек мужчина женщина дети напиши напишите объясни
расскажи переведи перечисли опиши дай помоги спасибо привет пожалуйста хочу могу список предложение
текст слово слова вопрос ответ пример лучший новый потому который которая которые сейчас здесь тоже
также более ребенок ребёнок девочка мальчик дом город страна мир вода еда деньги книга школа машина
друг семья любовь жизнь ночь утро неделя месяц часов большой маленький старый молодой длинный
высокий видеть прийти идти взять сказать жить читать чёрный белый красный стихотворение стих история
анекдот рецепт письмо идеи идей язык русский английский готовить варить купить учить исправь никогда
всегда сегодня завтра вчера столица разница использовать означает работает короткий сделать""",
    "uk": """і в не на я що він з як це по а але до у із за то від о ж для так ви ми ти вони вона
воно мені мене мій моя мої моє твій ваш наш його її їх був була було були бути є немає ні та або чи
якщо коли де хто чому скільки який яка які яке чим щоб тільки вже ще дуже можна може треба потрібно
все всі всіх цей ця ці цього цієї при без під над між після перед про об один два три рік років час
людина чоловік жінка люди діти напиши напишіть поясни розкажи переклади перелічи опиши дай допоможи
дякую привіт будь ласка хочу можу список речення текст слово слова питання відповідь приклад кращий
новий тому зараз тут також більше дім місто країна світ вода їжа гроші книга школа машина друг сім'
любов життя ніч ранок тиждень місяць годин великий маленький старий молодий довгий високий бачити
йти взяти сказати жити читати чорний білий червоний вірш історія жарт рецепт лист ідеї мова
українська англійська готувати варити купити вчити виправ ніколи завжди сьогодні завтра вчора
столиця різниця використовувати означає працює короткий зробити створити просто""",
    "bg": """и на да се в от за не е си с че са по като до но ще аз ти той тя то ние вие те ми го ги
му я им един една едно това този тази тези какво как къде кой коя кои кога защо колко или ако при
още само вече много може мога трябва има няма беше бяха съм сме сте бъде след преди без под над
между през които който която което всички всичко моя твоя негов нейн наш ваш два три година години
време човек мъж жена хора деца напиши обясни разкажи преведи опиши дай помогни благодаря здравей
моля искам списък изречение текст дума думи въпрос отговор пример най нов нова сега тук също така
повече ли нещо къща град страна свят вода храна пари книга училище кола приятел семейство любов
живот нощ сутрин седмица месец часа голям малък стар млад дълъг висок видя отида вземе каже живея ям
чета черен бял червен стихотворение история виц рецепта писмо идеи език български английски готви
купя уча поправи никога винаги днес утре вчера столица столицата разлика използвам означава""",
    UNKNOWN: """""",
}

_ARABIC = {
    "ar": """في من على إلى أن ما هذا هذه التي الذي عن مع هو هي لا كان كانت لم قد أو ثم بين كل بعد
قبل عند لي أنا أنت هل كيف لماذا متى أين كم يا و حتى إذا لكن ولا هناك ذلك تلك نحن هم غير حول اكتب
اشرح ترجم لخص أعطني فضلك شكرا مرحبا أريد يمكن يمكنك اذكر سؤال جواب مثال نص كلمة جملة رجل امرأة الناس
يوم عام سنة بيت مدينة بلد عالم ماء طعام مال كتاب مدرسة سيارة صديق عائلة حب حياة ليل صباح أسبوع شهر
كبير صغير جديد قديم قصيدة قصة تاريخ نكتة وصفة رسالة أفكار لغة العربية الإنجليزية اليوم غدا أمس""",
    "fa": """و در به از که این را با است برای آن یک خود تا بر هم من تو او ما شما آنها چه چرا چگونه
کجا کی چیست کیست هر یا اگر اما می نمی شود شده کرد کند کنید کن دارد دارم بود باشد هست نیست باید بعد
قبل همه بین درباره بنویس توضیح بده ترجمه خلاصه لطفا ممنون سلام سوال جواب مثال متن کلمه جمله مرد زن
مردم روز سال خانه شهر کشور جهان آب غذا پول کتاب مدرسه ماشین دوست خانواده عشق زندگی شب صبح هفته ماه
بزرگ کوچک جدید قدیمی شعر داستان تاریخ جوک دستور نامه زبان فارسی انگلیسی امروز فردا دیروز پایتخت""",
    "ur": """کے میں کی ہے اور سے کا کو اس کہ پر نے ہیں ایک یہ وہ ہو تھا تھی کیا کیسے کیوں کہاں کب
کون نہیں بھی تو ہم آپ مجھے میرا میری میرے لیے ساتھ بعد یا اگر جو ان تک کر کریں لکھیں بتائیں شکریہ
سلام ہوا گیا رہا رہے سکتے گھر شہر ملک دنیا پانی کھانا پیسہ کتاب دوست خاندان محبت زندگی رات صبح ہفتہ
بڑا چھوٹا نیا پرانا نظم کہانی تاریخ لطیفہ خط زبان اردو انگریزی آج کل دارالحکومت فرق مطلب کام""",
    UNKNOWN: """""",
}

LISTS = {"LATIN": _LATIN, "CYRILLIC": _CYRILLIC, "ARABIC": _ARABIC}
