/// Pairs of English words that share a sense in WordNet, but not their use.
///
/// One of them has another register (`child`, `kid`), other companions (`large amount`), another government
/// (`try`), is the term of a field (`tumor`), or means more or less (`detect`, `notice`). 745 were sorted out by
/// hand from the 1,456 pairs that `augment.synonyms` made of 196,000 English sentences: everyday talk,
/// instructions, reviews, medical texts; they share their first sense. The others, of any sense, are from 190
/// further pairs that it made of 22,000 of these sentences with an encoder to choose senses. Each line has the word
/// that is replaced and what does not replace it.
enum UnfitPairs {
  /// Whether a word of a class is not to be replaced by another.
  static func contains(_ lemma: String, _ synonym: String, _ part: WordClass) -> Bool {
    tables[part.rawValue][lemma]?.contains(synonym) ?? false
  }

  private static let tables = WordClass.allCases.map { part in
    var table: [String: Set<String>] = [:]
    for line in text(part).split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == ":" }.map { String($0) }
      table[words[0], default: []].formUnion(words.dropFirst())
    }
    return table
  }

  private static func text(_ part: WordClass) -> String {
    switch part {
    case .noun: nouns
    case .verb: verbs
    case .adjective: adjectives
    case .adverb: adverbs
    }
  }

  private static let nouns = """
    abdomen: belly
    adulthood: maturity
    aggregator: collector
    ailment: complaint
    alien: foreigner
    amount: sum
    ancestor: antecedent
    animal: creature
    antagonist: adversary
    argument: controversy
    assessment: appraisal
    assist: aid
    assistant: helper
    assurance: confidence
    attempt: try
    authorization: mandate
    avatar: incarnation
    babe: infant
    beast: animal
    benefactor: helper
    bitterness: resentment
    boom: thunder
    bowel: gut intestine
    brainchild: inspiration
    brow: forehead
    bulge: protuberance
    bulk: majority
    bungalow: cottage
    calamity: tragedy
    cargo: shipment
    castle: palace
    catastrophe: tragedy
    cavity: pit
    center: middle
    chance: opportunity
    chase: pursuit
    child: kid
    class: grade
    cloth: textile
    clump: bunch cluster
    cluster: bunch clump
    cognition: knowledge
    colony: settlement
    comic: comedian
    commercialism: commerce
    commission: committee
    committee: commission
    companion: comrade
    complex: composite
    concept: conception
    conduction: conductivity
    conductivity: conduction
    consequence: effect
    construct: concept conception
    consumption: ingestion intake uptake
    controller: accountant
    courage: bravery
    crawling: creeping
    creature: beast
    credential: certificate
    creeping: crawling
    criterion: standard
    cuneus: wedge
    cupboard: closet
    curate: minister pastor
    curse: oath
    curtain: drapery
    cutis: skin
    dad: papa
    daddy: papa
    damage: impairment
    dapple: patch
    daytime: daylight
    dealer: trader
    debris: junk
    decision: conclusion
    decoration: ornament
    defender: guardian
    deficiency: lack inadequacy
    deity: divinity
    delirium: frenzy hysteria
    desegregation: integration
    development: evolution
    devotee: buff
    disciple: adherent
    disclosure: revelation
    disconnect: gulf
    district: territory
    diversion: recreation
    divinity: deity
    doctrine: philosophy
    doings: behavior
    drinkable: beverage
    effect: consequence result
    enlargement: expansion
    entirety: totality
    error: mistake
    examination: scrutiny
    expansion: enlargement
    expiration: termination
    expressway: pike
    eyelid: lid
    factory: mill
    family: household
    fashion: manner mode style
    fatigue: weariness
    fault: mistake
    feather: plumage
    feature: characteristic
    ferocity: wildness
    fiat: decree
    figure: fig
    finesse: diplomacy
    fireplace: hearth
    foliage: leaf
    freeway: pike
    frenzy: delirium hysteria
    frog: toad
    fusion: unification
    gag: joke
    garrison: fort
    gasp: pant
    ghost: specter
    git: bum skunk
    glance: glimpse
    glare: brilliance
    globe: earth
    grandeur: brilliance
    grime: soil
    grunge: soil
    guardian: defender
    gunshot: gunfire
    gusto: relish
    gut: intestine
    gyre: whorl
    hallmark: trademark
    hallway: hall
    harbor: seaport
    harm: injury
    harvest: crop
    healer: therapist
    heartbeat: pulse
    heater: warmer
    herniation: hernia
    hiding: concealing
    holiday: vacation
    hoy: barge
    hump: bulge protuberance
    hurt: harm injury
    hydrops: edema
    idea: thought
    ill: complaint
    illness: sickness
    impairment: damage
    incarceration: captivity
    indicator: index
    induration: sclerosis
    infinity: eternity
    infotainment: documentary
    ingestion: consumption uptake
    injury: harm
    intake: ingestion uptake
    integrity: unity
    intention: purpose
    intestine: gut
    irritant: thorn
    irritation: annoyance
    job: occupation
    john: toilet
    joke: gag
    junk: debris
    laboratory: lab
    lack: deficiency
    laugh: laughter
    leaf: foliage
    lean: tilt
    ley: pasture
    lid: eyelid
    lifespan: lifetime
    locality: neighborhood vicinity
    machination: intrigue
    majority: bulk
    malarkey: jazz
    manager: director
    manner: mode style
    marketer: seller
    matter: affair
    merchandise: product
    meteoroid: meteor
    middle: center
    mike: microphone
    mill: factory
    minister: pastor
    minor: child kid
    misdemeanor: violation
    mistake: fault
    mode: fashion manner style
    motivation: motive
    moxie: backbone
    multiplication: propagation
    murphy: potato
    neighborhood: locality vicinity
    neoplasm: tumor
    noncompliance: disobedience
    novelty: freshness
    nutrient: food
    occupant: resident
    odor: aroma
    opponent: antagonist
    orb: eyeball
    outlander: foreigner
    owner: proprietor
    pa: papa
    packet: bundle package
    palace: castle
    palsy: paralysis
    panic: terror
    parable: allegory
    parlance: idiom
    partner: spouse
    patriotism: nationalism
    pay: salary wage
    pectus: chest
    penalty: punishment
    percent: percentage
    percentage: percent
    pharmacist: apothecary
    pit: cavity
    plan: program
    plumage: feather
    poultry: fowl
    precedence: priority
    premise: assumption
    prep: homework
    prick: bastard
    priority: precedence
    procedure: process
    process: procedure
    profit: earnings
    profusion: richness
    project: task
    promotion: publicity
    province: state
    publicity: promotion
    pulse: heartbeat
    punishment: penalty
    pupil: student
    purpose: intention
    quagmire: mire
    rainfall: rain
    range: scope
    reactivity: responsiveness
    realm: kingdom
    rector: minister pastor
    religion: faith
    repair: mend
    repeat: repetition
    request: petition
    residence: abode
    resident: occupant
    responsibility: obligation
    responsiveness: reactivity
    rest: remainder
    result: consequence effect
    retard: idiot
    reunification: reunion
    rigor: hardship
    risk: hazard
    roar: thunder
    salary: wage
    sarcasm: irony satire
    satire: irony sarcasm
    schedule: agenda
    scheme: strategy
    scope: range
    seaport: harbor
    sentinel: picket sentry
    shortage: deficit
    slew: mint
    slug: bullet
    snake: serpent
    snowfall: snow
    somebody: individual
    spectator: viewer
    spectrometry: spectroscopy
    speed: velocity
    spell: trance
    sprite: fairy
    stage: phase
    state: province
    stimulus: stimulant
    strategy: scheme
    student: pupil
    style: fashion manner mode
    sunburn: tan
    superstar: virtuoso
    surcease: cessation
    suspicion: hunch
    sweep: expanse
    talent: endowment
    talker: speaker
    task: project
    technologist: engineer
    tenet: dogma
    terror: panic
    textile: cloth
    theme: topic
    theodolite: transit
    thought: idea
    threat: menace
    throat: pharynx
    toad: frog
    topic: theme
    touchstone: criterion standard
    tragedy: catastrophe
    trance: spell
    try: effort
    tub: bathtub
    tumor: neoplasm
    tumour: neoplasm
    unity: integrity
    unmentionable: undergarment
    uptake: consumption ingestion intake
    usage: utilization
    use: usage
    vanity: conceit
    vas: vessel
    vicinity: locality neighborhood
    wage: salary
    war: warfare
    warfare: war
    wastewater: effluent
    wellness: health
    wizard: virtuoso
    wont: habit
    wool: woolen
    workout: exercise
    world: universe reality
    """

  private static let verbs = """
    abut: butt
    acclaim: hail
    accomplish: fulfil fulfill
    accumulate: compile
    actuate: trigger
    adapt: conform
    adjoin: butt
    adorn: ornament
    advocate: recommend
    affirm: confirm
    aggrandize: pad
    approve: sanction
    associate: link
    batter: buffet
    botch: spoil
    buffet: batter
    cater: ply
    cease: discontinue quit
    compel: oblige
    confirm: affirm
    conflate: fuse mix
    conquer: inhibit subdue suppress
    consider: regard
    corroborate: affirm
    crawl: creep
    creak: screech
    creep: crawl
    criminalise: outlaw
    decorate: ornament
    decrease: lessen
    deduce: derive
    defy: withstand
    delve: dig
    denominate: designate
    destine: doom
    detect: notice
    devise: invent
    dictate: prescribe
    dirty: soil
    discount: dismiss
    dismiss: discount
    disrupt: interrupt
    distort: warp
    dog: chase
    domicile: reside
    dot: stud
    elicit: arouse
    embed: implant
    employ: use utilize
    encompass: embrace
    encourage: promote
    engross: absorb
    enjoy: relish
    enrol: recruit
    enroll: recruit
    enwrap: enclose
    estimate: gauge
    evince: express
    exclude: omit
    express: utter
    falsify: warp
    fancy: envision
    flinch: quail
    flit: dart flutter
    fool: gull
    forbid: veto
    forsake: desert
    fulfil: accomplish
    fulfill: accomplish
    furnish: provide supply
    further: foster
    fuse: mix
    gap: breach
    gasp: pant
    gauge: estimate
    goof: blunder
    groan: moan
    guess: reckon
    guide: steer maneuver
    gyrate: coil
    happen: occur
    hemorrhage: bleed
    hide: conceal
    hypothesize: conjecture speculate
    impair: mar
    impute: ascribe attribute
    infer: derive
    infest: overrun
    inhabit: live populate
    inhibit: conquer subdue
    interrupt: disrupt
    intertwine: lace twine
    irritate: annoy
    josh: chaff
    laud: exalt
    lean: tilt
    lease: rent
    lever: pry
    liaise: mediate
    link: associate
    maneuver: steer
    meander: thread
    meditate: muse ponder
    mention: cite
    merge: unify unite
    mix: fuse
    moan: groan
    molder: rot
    monger: hawk
    motivate: incite prompt
    move: travel
    near: approach
    note: remark
    notice: detect
    obsess: haunt
    occur: happen
    omit: exclude
    orbit: revolve
    originate: arise
    outfit: equip
    package: bundle
    pant: gasp
    paste: glue
    peek: glance
    pester: bug
    plague: blight
    ponder: muse
    populate: live
    postulate: contend
    prescribe: dictate
    print: publish
    prohibit: veto
    promote: encourage
    prompt: incite motivate
    provide: furnish supply
    publish: print
    quash: subdue
    quit: cease discontinue
    race: rush
    reap: harvest
    recommend: advocate
    redden: blush
    refund: repay
    regain: retrieve
    rely: trust
    rent: lease
    repair: mend
    respond: react
    restate: repeat
    retreat: recede
    retrieve: recover regain
    roam: stray
    rotate: revolve
    rupture: tear
    sanction: approve
    savvy: comprehend
    seek: attempt
    shin: clamber
    simulate: imitate
    snub: disregard
    soil: dirty
    spark: activate
    speak: talk
    spiral: coil
    spot: spy
    sprinkle: disperse
    squash: mash
    squeak: creak screech
    steep: engulf
    strengthen: fortify
    study: analyze
    subtract: deduct
    supply: furnish
    suppose: guess
    swear: curse
    swindle: con
    tantalise: bait taunt
    taunt: bait
    teach: instruct
    tear: rupture
    tend: incline
    theorize: conjecture
    think: guess
    tilt: lean
    topple: tumble
    transcend: exceed
    trend: veer
    trickle: dribble
    trigger: activate
    try: attempt
    unify: merge
    use: employ
    vaunt: boast
    venerate: reverence
    wander: stray
    wing: fly
    withstand: defy
    worm: twist
    """

  private static let adjectives = """
    absorbed: intent
    accompanying: consequent
    affectionate: fond
    aglow: luminous
    apparent: seeming
    beefy: husky
    besotted: soaked
    big: large
    bizarre: eccentric
    blinding: blazing
    bony: gaunt
    brooding: reflective
    calculated: deliberate
    cardinal: fundamental
    cheery: sunny
    cherry: crimson
    clamorous: blatant
    clumsy: ungainly
    coincidental: simultaneous
    colossal: prodigious
    conceited: swollen
    concerted: cooperative
    concomitant: consequent
    cross: transverse
    cruel: savage vicious
    damp: moist
    deficient: lacking
    delicious: delightful
    delightful: delicious
    demented: crazy
    despairing: desperate
    diverting: amusing
    dreaded: dreadful frightening terrible
    dreadful: frightening
    engrossed: intent
    entire: total
    ethereal: aerial
    evident: plain
    excess: extra
    executable: feasible
    faux: simulated
    fearsome: terrible
    fierce: furious
    fiscal: financial
    fleet: swift
    frightening: dreadful terrible
    funny: comic
    gawky: ungainly
    glaring: blazing
    grainy: granular
    grungy: dingy
    hairy: haired
    haptic: tactual
    hectic: feverish
    horrible: frightful
    horrifying: frightful
    huge: vast
    hushed: subdued
    incisive: keen
    incorporate: unified
    indescribable: unspeakable
    individual: single
    infantile: childish
    infected: septic
    inherent: integral
    integral: inherent
    integrated: unified
    intent: absorbed
    key: cardinal
    laden: loaded
    large: big
    lengthy: extended prolonged
    main: chief
    meditative: reflective
    menacing: sinister
    metal: metallic
    miscellaneous: mixed
    moist: damp
    motionless: static
    near: close
    otherworldly: transcendental
    outlandish: eccentric
    outre: eccentric
    passe: antique
    penetrating: keen
    perfervid: fiery
    petite: tiny
    profuse: riotous
    prolonged: lengthy
    pulmonic: pulmonary
    recurrent: repeated
    reddish: crimson
    redundant: extra
    relative: comparative
    religious: spiritual
    remarkable: singular
    repetitive: insistent
    resultant: consequent
    rotten: lousy
    round: circular
    routine: everyday
    ruby: crimson
    savage: cruel vicious
    sebaceous: greasy oily
    sequential: successive
    sharp: crisp
    smashed: soaked
    spectacular: striking
    spiritual: religious
    static: motionless
    stereotypical: stereotyped
    sterling: greatest
    striking: spectacular
    suitable: suited
    suited: suitable
    swampy: muddy
    swollen: vain
    tactile: tactual
    teenaged: teen
    terrible: frightening
    total: entire
    ultra: radical
    unclean: soiled
    understandable: intelligible
    unending: eternal
    unnerving: formidable
    unseemly: indecent
    unsure: shy
    utmost: extreme
    vivid: lifelike
    watchful: alert
    waterlogged: muddy
    wilted: limp
    """

  private static let adverbs = """
    absolutely: perfectly utterly
    abundantly: extravagantly profusely
    accordingly: consequently
    afterward: subsequently
    afterwards: subsequently
    aggressively: sharply
    arbitrarily: haphazardly
    awfully: terribly
    beautifully: attractively
    brightly: brilliantly
    brilliantly: brightly
    certainly: surely
    commonly: normally ordinarily usually
    completely: altogether
    consequently: accordingly
    consistently: systematically
    constantly: invariably
    desperately: urgently
    dimly: indistinctly
    distressingly: painfully
    enjoyably: agreeably pleasantly
    entirely: altogether
    eternally: forever
    eventually: finally
    evidently: obviously plainly
    extremely: highly
    flawlessly: cleanly
    frantically: madly
    highly: extremely
    immediately: instantly
    increasingly: progressively
    individually: separately
    likely: probably
    moderately: reasonably
    newly: freshly
    normally: commonly usually
    notwithstanding: nevertheless
    obviously: evidently plainly
    oft: frequently often
    part: partially partly
    perfectly: absolutely utterly
    plainly: evidently
    prominently: conspicuously
    purely: strictly
    randomly: haphazardly
    rarely: seldom
    reasonably: moderately
    recently: lately
    remarkably: unusually
    separately: individually
    seriously: earnestly
    severely: badly
    sharply: aggressively
    similarly: likewise
    simply: merely
    slightly: somewhat
    somewhat: slightly
    sporadically: periodically
    strictly: purely
    subsequently: afterward
    sure: certainly surely
    systematically: consistently
    totally: altogether
    unusually: remarkably
    urgently: desperately
    usually: commonly
    utterly: absolutely perfectly
    wholly: altogether
    """
}
