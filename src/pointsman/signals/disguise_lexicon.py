"""Common English words: what a text that was disguised turns out to be made of.

The words that the most texts of the training sets of `domain` and `jailbreak` hold (each set
counts alike), most frequent first; at least two letters and in four texts.
"""

WORDS = """
the of to and in is for that on with as what which an are be how by at from if it this you not
following can will has or have my was all do me one when he no who does any his about two would
your into but each only many should find write their most first these they its so more use time
there character information after because than then new like other provide her she had make answer
without were given could out every need now where between also here number function must did
something them some always much up response main been want year question give moral used while such
act using user people according over per never may likely both best please him get text uses
against being point request during day three create before through prompt help same system state
total say chatgpt take language long made received responses way remember illegal model calculate
years based anything order tell we respond scenario end list under rate value rules example ethical
start old us world just document matter wrong right know standards data temperature different let
above person set even money asked due don work action law guidelines morally change raw clearly
times within real cost am scenarios very water content stay called next human instructions true
free endraw power determine unethical ordinary man second output process court questions go amount
left high life include price name words another show current specific good pressure follow passage
result company off well including personal going cannot send everything car french test completely
found pay gives back large care our detailed important possible type half answers message social
part government similar translate immoral those own required why none days understand down
summarise legal complete doesn certain however instead named ask form hours task normal openai home
things making interest restrictions equal increase week behavior less least see states product
appropriate warnings account advice reply provides until trial place said energy four cause last
full knowledge harmful put below dangerous level public develop false might refuse school able
assume small area ethics told safety stop known refers actions case generate single non wants
explain return assistant card correct constant step physical group mass statement python around
messages yes length air statements potential having story later legality key light unfiltered
policy speed average third evidence house control contain someone game rule month conversation
sorry writing needs solution weight self begin laws present takes whether program upon morality
policies commit since format paid code break woman store previous activities class costs makes
development local provided add standard defendant role age charged personality word volume check
market term minutes gas related city points force brought bank twice fictional five situation keep
family harm play buy mean nothing kind red imagine business research needed various individual says
surface try away continue property federal several children necessary ignore owner doing field
ability plan additional consequences amoral available open friendly contract note heat effect
maximum period great regardless feel months rights patient describe body consider history common
students short looking others past friend sold means size fact purpose design line sure rest claim
ensure examination working hour guide produce goal terms exactly results ever else service still
call natural food direct ways context took hypothetical promotes credit report decided details
written inhumane went come minimum suppose negative search better supply date job input contains
blood directly march loves think initial once yourself saying changes nature movie far talk support
prompts anyone placed reaction low charge conditions follows whose increased individuals positive
percent theory understanding got land shows numbers original values party office security
immediately users political normally too considered economic financial distance sentence regarding
child across police opinions study longer style elements explicit currently bad run population room
events limitations student health general higher programming stands steps apologize gave sum
followed providing production share forget avoid analysis book statute assuming professional random
experience method john answering purchase condition project factors country again simple allowed
black structure unit creating chatbot characters demand actually unique sexual lower loss six
future swear remaining asks requests night hello seems frequency sample reckless often subject
detail white bought object describes therefore access event taking balance earth income become mole
medical risk united string insert together mode rather offensive difference major ratio tax
identity saw leave really internet probability caused inside responsible square reason sued problem
particular manner principles computer flow prior comes taken agreed created done front already
attorney instruction setting either media unless sell among pretend products ethicality little
environment payment limit comply clear motion york further shall read along goods entered top
internal defense remind getting equation basis space agreement national diameter feet command
opinion allow source works morals secure sales velocity enough maintain american increases private
receive significant post war impact series decrease involved final violence script acting material
hi thought services separate although greater disgusting few performance multiple testimony sale
living sec color growth effective outside international lost simulate title accurate lot extremely
building male status network hack independent levels asking weeks side community today coefficient
look issues remain complex refused tone influence goes playing uncensored emotional fake cross
range relationship perform speech female actual himself interested programmed hand emotions prefix
produced society death criminal censorship won except filed sound expected resources disclaimer
determined lots inform gpt practice speak view developer fully bill music mind min didn
jurisdiction parents understood love activity approximately lack feelings nor types height groups
discuss men hospital transfer letter mother selling paragraph designed equilibrium face believes
young suit prevent stories cell news spend focus intelligent stock online containing management
highly zero members relevant recover respect humans argument constantly friends entire description
tutorial reach arrested examples requires ready profit ends behind came radius associated women
wrote learning education turn distribution opposite enter capacity violent issue base sent hold
expression session topic english purchased address choose driving causing specifically otherwise
towards tool developed accident facts watch disease variable review chat neither training son
started sends position box sense historical density signed narrative duty specified respectively
memory travel head environmental whenever suggest location sensitive table taxes count promote
special effects approach reading thing itself extreme intended replies website decide helpful bomb
earlier alpha expert commentary described located evil items factor department damages fee cultural
electric course engaging held president giving rates purposes technology article percentage
experiences mention regular late trip requested organization pain dollars options decision everyone
crime persona measures acts pounds began green danger machine reasonable concept jury unrestricted
application beyond cases methods net display filtering experiment powerful lose assist offer
economy parties team weather customer trying early exact miles investment claims reveal damage drug
starting orders insurance starts spread atm allows primary systems consent intelligence injuries
thus encourages universe murder engage strong older meaning blue conflict daily index exist
dialogue accepted increasing eat turned instruct talking believe charges genetic writes pure
directed species recently occurs error stated died annual efficiency commands features aware knew
throughout added trade sometimes planning steal april quality apply load limited freedom presence
dog filters cells responding drugs ground judge profanity wavelength express occur fraud driver
moved street labor creative breach variables prices video resistance problems center ten measured
file build parameters def mental wanted retrieve deep traditional parts arguments perspective
middle materials defined failed teacher advanced cut ago seen causes exercise bound construction
whatever unable operation generating remains oxygen addition subjects lead therapy included spent
suffered conduct testify array exchange sex sells basic inappropriate plaintiff refer though
concentration includes filled cognitive external foreign proper fire bar flight fuck roleplay lines
moving treatment responsibility record caught severe scale sign successful curve hydrogen solely
hey returned worth prevail carbon serve contact live remove improve bias simply became officer
countries acid college recent father database thereafter client studies guidance decides member
capable explanations hit god san assistance yet seem version resulting passed seconds manipulate
china target valid conscious obtain failure writer art referred owned heart applied angle authority
hair image speaking released admitted constitutional occurred hard carry nice subsequent
subsequently rise notes beginning affect decline quantity tickets morning requirements presented
answered los strategies capital america units themselves print move novel piece employment
existence degree disregard industry physician restaurant usually discussed summary paper traveling
wife considering appeal refuses mentioned forms obtained regulations depends floor estimate song
boundaries circumstances absolute seeking girl analyze close element practices suffering solid
military efficient appears consumer gain glass changed returns lives psychological led big running
phone reality traits moment techniques compared accurately amendment guilty ensuring proposed
modern witness firm serious spending angeles theft direction leading ball plane efficiently
rightarrow score plant section ones psychologist liquid suitable attention claimed movies compute
highest selection wait possession signs becomes overall warning near separated customers adults
double produces toward plants animals malicious drive abilities reference depth implications brings
brother easily employed learned reasons truth offered adhere api dark explanation link cycle entity
whole broken reduce fall dont bullet password records fixed victim daughter film popular active
objects finds gets directions persons reduced prove wall pragmatic culture objective parallel bring
bag fell outline difficult rent initially cold teach scene monday hate idea buys revenue conclusion
fill fail formed malware strategy drove trading minute bot fear collection emojis attack primarily
hot acknowledge former worked built emergency purely introduction oil proceed door principle intent
objection absolutely accept afternoon cash app shopping thinking fiction whom visit pulse identify
motor board testified injury sister especially concerns involves previously dna assumed recommend
judgment disclaimers capabilities husband block substance willing global vehicle pre supreme
evaluation neighbor stress typical wishes studying humanity operating established knows combined
relative linear measure adult fun ideal mol educational plans phase begins equally removed areas
communication beliefs device asserts eye brain million approached deviation books gun informed
tests generated protection buyer discussion skills finding sequence agree exists strength probably
theater granted functions unlimited player testing grant patterns goals virus outputs properly btu
indicate swears delivery stage hearing noticed payments wide divided bit identical require forced
accordingly district likes hotel molecular formal focusing leaving suddenly audience feeling
operates competition success contained background wave finally boy entitled decreases introduce
notice safe shown region games nearest ordered concepts algorithm employees suffer generally upper
achieve verbatim explore relations insights attempt formation gene eyes suggests pieces vapor raise
cant consists shot strive additionally offers liability fourth congress forward tried warn tasks
prosecution opportunity calls critical connected central confirm processes deliver theories
suppress south straight songs moves reserve estate descriptions usual earn sun impossible pair
despite marketing technical inches vital integers deed born circular conversations evening injured
yellow doesnt drop magnetic factual treated concerning fewer quickly standing park fine stand grade
disorder domestic struck reasoning century page sufficient completed places claiming maintained die
suggestion runs weighs interests hear train king violation override tree repeat marginal
constraints foot association falls larger healthy concerned employee protein selected skin eight
structures encourage ideas relationships lived expenses benefits admissible artificial fair
electron unknown dangers bus friday mail experienced scientific convicted distribute names compare
path academic december doctor privacy recorded frequently involving presents paragraphs plot
conducted hired leads acceptable delta horizontal vacation isn censor star delivered distributed
perfect fraction successfully observed movement concern administrator software operations interval
volts behaviour reflect pick renowned applicable equivalent consistent controlled controversial
situations workers learn info solve identified evaluate performed ran tall freely religious
symptoms apartment dinner science clause tools shape developing neutral owns denied comprehensive
ice challenge site limits decreased consented iron indicates chemical animal cup remembers cal
brief funny fast extensive differences uniform tank seven metal continued killed greatest kept
informative define benefit james dead inventory stopped procedure potentially savings width
alternate keywords traffic explaining leaves seek chicago loan round ticket responds town
challenging accounts meet track insult convert happens entering heard tech topics abide advertising
deal committed responded protect secondary solutions opening replace plus civil race coming pipe
existing sentences breaking feels proceeds norms choice rude default north integer dismiss
dependent holding telling chance shift feature societal lens curious tuesday violate commerce
master suggestions immediate competitive maintaining option welcome thoughts prime sharing enjoy
happen regard useful pass baseball alternative author extra affected largest enhance genre treat
stuff machiavellian beta irrelevant negligent onto meters latest molecules represent ancient
creator preferences instructed max programs truthful select reactions voltage funds storage cover
baby offering researcher friction herself core shop excess empty meant radiation knowing license
considerations scope served discount manufacturing issued fit typically characteristic pattern
digital feedback progress tells extent distinct consequence figure met homeowner prefixed emoji bed
randomly arguing aims thank logic gender properties smart liter consideration negligence
consumption receives transaction correctly prompted walk eating web showing confidence cleaning
filter deviate commercial unrelated processing totally liters fundamental equipment truck enacted
findings colors collected entry bottom win sin alcohol birth collision hates insider expect delete
regulation promoting muscle substances manufacturer suicide arrest patients reset threat models
files window engine kill hesitation hacking jailbreak salary estimated planned doubt investigation
imposed university permission tokens represents diagnosis copper kcal loose gdp connection sources
outcome road toxic satisfy ending effectively representation believed risks january applies shortly
chicken layer acceleration shared operate domain fluid wednesday pairs accordance seeing happening
tuple int farm fly intense chaos proportional cards detection voice chinese conviction agency cars
exception agent changing binary inflation transactions strict grams therapist paying doctrine email
incorrect felt meeting summarising carrying attempted obligation procedures coding smaller
intensity particularly soon entirely consumers molecule crucial genes involve favorite functional
plate inner holds pulled receiving walking conducting item spreads lambda strongest parent
francisco famous explicitly tries virtual breath watching mood fuel automobile release fifth
majority joke interesting steel tires heated acmecorp tract raised refusing justice citizens server
reaches probable season discovered rejected expressed principal sunday incident establish letters
profile finished container killing heavy pwned protagonist magnitude whereas mid adding household
recipe seeks represented atmosphere figures stating appearance facility strictly bob prepared
predict station peace perfectly dry governments verified okay kinetic ultimate generator hidden
counsel union weekend split particle degrees refusal valuable devices projects exit robbery classes
appear outer markdown bond debt explains hurt europe discussing tom noise assigned biased sphere
fulfill arbitrary emotion routine cool crimes rare warm companies london thermal interaction pays
fallacy shut easy prosecuted sole reinforcement swearing immorality importance duties lie odd
prejudice fish balanced steady failing corporate grounds expansion translation trees describing
conspiracy indicated weapons determining markets violates visual revert monthly liable rating meth
asshole battery picked possess employer manager listed official technique producing pound
hypothesis drink practical reputation reject medications circ lunch confidential engagement deny
supports creation crisis classical resource finish regression outcomes brand turns respirations
paint gross steals earned quarter forces transform formula almost supplies thursday seller religion
closed helping afraid links behavioral violating forth shares chain dogs nation garden birthday
violated origin supported gravity pretending slang favor elaborate trained settings framework
executed album east circuit brackets bonds nitrogen mixture lists aspects mortgage drawn contacted
variance showed theme populations mutation regularly engaged spring circle fucking vulgar recovery
dollar reverse apple quick fight destroyed west convincing imaginative faster relate pleasure
essential technological proteins television thinks adriel requirement abnormalities division
happened literature ahead blocks flat focused rpm characterized binding presenting thick eventually
catch entropy copy originally permit assault driven sides reports incorporate images react
execution upcoming cook host obligations jobs signal checking pages interactions awareness
satisfaction demonstrate rho discrimination powers strings dioxide wellbeing unemployment enable
diet attitude roll arrived bottle volt budget decisions vertical legally contradict stick spends
chosen august earnings classified falling ais nsfw kestrel influenced profits proceeded fired
difficulty talks tags bills organizations instance reminder flowing sixth museum portion executive
broke assess deposit interpretation evolution sugar humor eats wish achieved newspaper lowest
schedule provision sodium axis sort journey decreasing desires restricted handle keeping waste
owners effectiveness purchasing stone brown racist bypass unsolicited avoiding boxes club inputs
advised actively variety duration conveyed anti views definition complexity generation superior
milk wind anxiety obey ate mexico career listen factory teachers slope moles demanded pack scores
effort exclusive rock boiling knowledgeable formatted recognized eggs nuclear intervention draft
featuring candidate package join contribute attend thousand stored pizza kids strategic examined
chest math psychology paris twenty separation dominant classic nucleus poor trends prefer amp bags
transferred western profanities immerse concise buying draw mom components root realm alleging
communicate maximize fund bedroom industrial rich promised mistake component clean atomic apart
roots mission forever matters unaware reached facilities significance authorities closest replaced
meat gravitational perspectives glucose challenges unlike telephone trait kitchen mark recognition
younger corresponding insulting nations exclusively usage breaks june beings ride gold ray grocery
save implement submitted provisions visa clients attempts expressing firms mine alex sees edge
berkeley drinking resulted dropped browse bluebird belief affects forest opportunities residents
hands serving married growing atoms smallest punishment argues denies prepare switch tested
saturday validity alone revolution tube expertise realistic hat respective picture match helps
players ion consume shoes depression misinformation cos cookies lifestyle girlfriend invited
promise sought reliable desire library stars cylinder jokes polite reduction admit generates
choices notified exclude clothes india relief recall errors collect walked tips cancer update
teaching gone amounts laundry climate european operational logical desired checks sues chief
introduced hole substantial log porn rarely completion industries gamma participate looked
construct constructed independence pool carried plain computers phrase aggressive diverse attending
viruses experimental performing utility promotion roles via birds bathroom equals sensory languages
handling marked kinds excessive complaint approximate lbm allowing eager enabled conditioning
turning era spanish weekly administration mechanisms realized laid japan closely courts reported
fruit variation token outlined biological becoming comments difficulties distress couple appellate
compound significantly thickness mallory vivid constitution sleep marks laugh styles manage convey
myself drives prohibited behaviors mechanism assessments intricate proportion ethically adapt
hearsay clothing gained accounting concert british analyzing aged artistic campaign mouth summer
absorption ownership electrons adopt serves discovery revealed wire balls relation mile legislation
stages legitimate conversion solar guides precise succeed fraudulent conclude continues covered
adequate politics composition angular acted tissue personalities wealth prison denial trust lying
stolen alter coffee participants omega focal psia organisms interpreted imaginary entities quite
employ rose involvement steam behalf yard supplied offspring firstly showcase chan prefixes cat
transportation declined demands felony medication election provider structural diversity mixed
monetary emphasize targets leg sending putting businesses sets girls committee advantage fiscal
bone cities interpret exposure unusual supposed lbs mostly bars tomorrow statistics expense sea
hesitate roleplaying structured recommended coach july football placing ohm membrane ions tense
historian yuan literally ignoring artist poem confident platform watts minor drinks insufficient
native disorders phrases stereotypes consciousness exam deltah invalid protected terminal beautiful
billion advance laboratory stable formatting wherein briefly fantasy auto careful efforts
contracted partial moon digits continuous infty perception covering questioning damaged locations
sports leader scheduled breathing experiments requiring joint proof soil beach lets wearing lab
happy wisdom movements coin fields planet forecast flows derogatory shit conversational unsafe
programmer anyway engineer seriously preference couldn discounted sexually childhood psi weak atom
upward deeply tasked sake absence articles medicine illicit installed crossing commission enters
introducing cannon tale harmless void pop queries bicycle pictures fees modified calendar lawsuit
hundred depreciation correlation independently embody jailbroken fabricate alternatives sounds
equity productivity argue wood reward attached burden inability resolution poverty ought
transmission tend evade drama ingredients crash distinguish grand beer adverse accuracy indian
reducing samples played derived cream meter speaks wise sheet october preparing recognize tire
schools electronic viewed viscosity earns periods fourteenth dozen packs nerve disabled staying
valued tendency port remained actors lawn implied declare passes passing gram africa silver
fabricated welfare resort conclusions depending looks capture february assignment surrounded
philosophy comparing initiate empire parking gift differ france fed themes prioritize incorporating
hide inadmissible cocaine displayed purchases sub drawing aluminum monopoly ended stealing dramatic
vast bird frame cubic worker establishment acre indicating opened chronic transition assets george
currency cents walls virtue orange flowers secondly ashamed managing interact essay chapter
september dismissed attended newly rewards networks examine row shaped syndrome exports anarchy
highlight symbol objectives declared returning subjective seat agents termination nearly throw
trace expensive survey privilege medium relatively burn priority adjust deemed speaker consistently
germany officials saving touch heirs locate adds tradition acceptance downward stupid curse
moralities storyteller moralizing rant nefarious refusals discussions execute exploration
capability dividend discloses hereby creates sessions seattle interface surrounding gases arms rely
argued deficiency calories cups vitamin horrible kindly ok shooting terminated november ship
officers resident numerous verdict observations neck reservation rooms homework smith mary consumed
waves spectrum institutions regions aggregate expressive denying improvement illegally professor
abuse bearing approval closing determination wild sided matrix immune explained stimuli synthesis
flux apples angry accidentally lies statistical maintenance repair rental calculated conveyance
approved staff suggested hacker confines robot copyrighted contemporary exceeds merchant taste
solving cast admission undergo candy infection acids propaganda sentenced panic warranty collective
compliance approaches inch branch entertainment league shock screen partner mrs ruled residential
survival elderly nearby families shorter controls linked intake quotation exciting harms launch
estimates pointed pedestrian chemist senior communications armed aid spontaneous painting urban
rapid rises particles stray targeting simulation shouldn cares compounds illness heavily
intentionally assert counter societies certainly attacks infer houses threshold territory prevents
reflection stronger bypassing unhinged replying immersive machiavelli niccolo canary stilted delve
investigator facing inquiry ann broad deposited intention authorized representative contributed
kingdom salon wages sudden partially foods temporary amino crazy credits posted posed utilized
advise collecting wars reaching housing discover segment deck mainly rain transport meal literary
asserted reporting furthermore chemicals facial layers wings jim jackson adjacent sites compelling
identification flying teeth weights pregnancy stimulus exploring invented johnson column racial
plastic confined telephoned extended wear dates fashion fabric push warrant compensation preventing
frequent electrical finite boundary bacteria
"""
