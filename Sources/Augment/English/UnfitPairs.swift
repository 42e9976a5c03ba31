/// Pairs of English words that share a sense in WordNet, but not their use.
///
/// One of them has another register (`child`, `kid`), other companions (`large amount`), another government
/// (`try`), is the term of a field (`tumor`), or means more or less (`detect`, `notice`). 745 were sorted out by
/// hand from the 1,456 pairs that `augment.synonyms` made of 196,000 English sentences: everyday talk,
/// instructions, reviews, medical texts; they share their first sense. The other 233, of any sense, are from the
/// further pairs that it made of 82,000 sentences of that kind with an encoder to choose senses. Each line has the
/// word that is replaced and what does not replace it.
enum UnfitPairs {
  /// Whether a word of a class is not to be replaced by another.
  static func contains(_ lemma: String, _ synonym: String, _ part: WordClass) -> Bool {
    tables[part.rawValue][lemma]?.contains(synonym) ?? false
  }

  private static let tables = WordClass.allCases.map { part in
    var table: [String: Set<String>] = [:]
    for line in text(part).utf8.split(separator: 0x0A) {
      let words = line.split { $0 == 0x20 || $0 == UInt8(ascii: ":") }
        .map { String(Substring($0)) }
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
    appeal: charm entreaty
    appliance: gadget
    arena: domain
    argument: controversy
    aroma: odor
    assessment: appraisal
    assist: aid
    assistant: helper
    assurance: confidence
    attempt: try
    authorization: mandate
    autonomy: liberty
    avatar: incarnation
    babe: infant
    beast: animal
    benefactor: helper
    bias: prejudice
    bitterness: resentment
    boom: thunder
    bottom: underside
    bowel: gut intestine
    brainchild: inspiration
    brilliance: grandeur
    brow: forehead
    brush: thicket
    bulge: protuberance
    bulk: majority
    bunch: clump
    bundle: packet
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
    coalition: alignment
    cognition: knowledge
    colony: settlement
    comic: comedian
    commercialism: commerce
    commission: committee
    commitment: allegiance
    committee: commission
    companion: comrade
    complex: composite
    concept: conception
    conduction: conductivity
    conductivity: conduction
    confidence: assurance
    configuration: shape
    conflict: battle
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
    deficit: shortage
    deity: divinity
    delirium: frenzy hysteria
    derivative: differential
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
    drain: drainage
    drinkable: beverage
    earnings: profit
    earth: globe
    effect: consequence result
    embodiment: incarnation
    endeavor: enterprise
    enlargement: expansion
    entirety: totality
    entry: debut
    error: mistake fault
    examination: scrutiny
    expansion: enlargement
    expiration: termination
    expressway: pike
    eyelid: lid
    fable: allegory
    factory: mill
    family: household
    fan: buff
    fashion: manner mode style
    fatigue: weariness
    fault: mistake
    favoritism: discrimination
    feather: plumage
    feature: characteristic
    fermentation: ferment
    ferocity: wildness
    fiat: decree
    figure: fig
    finesse: diplomacy
    fireplace: hearth
    foliage: leaf
    freeway: pike
    frenzy: delirium hysteria
    freshness: novelty
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
    grasp: appreciation
    grime: soil
    grunge: soil
    guardian: defender
    gun: artillery
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
    hustle: flurry
    hydrops: edema
    idea: thought
    ill: complaint
    illness: sickness
    impairment: damage
    incarceration: captivity
    index: indicator
    indicator: index
    induration: sclerosis
    infinity: eternity
    infotainment: documentary
    ingestion: consumption uptake
    initiation: induction
    injury: harm
    intake: ingestion uptake
    integrity: unity
    intention: purpose
    intestine: gut
    introduction: debut
    irony: sarcasm
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
    lector: lecturer
    ley: pasture
    lid: eyelid
    lifespan: lifetime
    locality: neighborhood vicinity
    luster: splendor
    machination: intrigue
    majority: bulk
    malarkey: jazz
    manager: director
    manner: mode style
    marketer: seller
    matter: affair
    maturity: adulthood
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
    model: framework
    motivation: motive
    moxie: backbone
    multiplication: propagation
    murphy: potato
    neighborhood: locality vicinity
    neoplasm: tumor
    noncompliance: disobedience
    notion: impression
    novelty: freshness
    nutrient: food
    occupant: resident
    odor: aroma
    opponent: antagonist
    option: selection
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
    part: portion
    partner: spouse
    patriotism: nationalism
    pattern: practice
    pay: salary wage
    payback: vengeance
    pectus: chest
    penalty: punishment
    percent: percentage
    percentage: percent
    peril: hazard
    pharmacist: apothecary
    philosophy: doctrine
    pit: cavity
    plan: program
    plumage: feather
    portrait: portrayal
    poultry: fowl
    precedence: priority
    premise: assumption
    prep: homework
    prick: bastard
    priority: precedence
    procedure: process
    process: procedure
    product: merchandise
    profit: earnings
    profusion: richness
    project: task
    promotion: publicity
    protagonist: supporter admirer
    protrusion: protuberance
    province: state
    psyche: soul
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
    record: disc
    rector: minister pastor
    regard: respect
    relaxation: repose
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
    rule: convention
    rut: groove
    safeguard: precaution
    salary: wage
    sarcasm: irony satire
    satire: irony sarcasm
    schedule: agenda
    scheme: strategy
    scope: range
    scrap: chip
    seaport: harbor
    sentinel: picket sentry
    setup: apparatus
    shade: tint
    shenanigan: mischief
    shipment: cargo
    shortage: deficit
    skepticism: disbelief
    slew: mint
    sloppiness: sentimentality
    slug: bullet
    snake: serpent
    snowfall: snow
    soil: dirt
    somebody: individual
    spear: lance
    spectator: viewer
    spectrometry: spectroscopy
    speed: velocity
    spell: trance
    spirit: flavor
    sprite: fairy
    stage: phase
    state: province
    stimulus: stimulant
    strategy: scheme
    student: pupil
    stuff: material
    style: fashion manner mode
    subject: theme
    sunburn: tan
    superstar: virtuoso
    supporter: admirer
    surcease: cessation
    survey: study
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
    tie: affiliation
    toad: frog
    topic: theme
    torture: anguish
    touchstone: criterion standard
    tragedy: catastrophe
    trance: spell
    travail: exertion
    try: effort
    tub: bathtub
    tumor: neoplasm
    tumour: neoplasm
    turf: sod
    tusk: ivory
    unity: integrity
    unmentionable: undergarment
    unrest: ferment
    uptake: consumption ingestion intake
    usage: utilization
    use: usage
    vanity: conceit
    vas: vessel
    vicinity: locality neighborhood
    viewer: spectator
    wage: salary
    war: warfare
    ware: product
    warfare: war
    wastewater: effluent
    wellness: health
    widget: gadget
    wizard: virtuoso
    wont: habit
    wool: woolen
    workout: exercise
    world: universe reality
    worry: headache
    yarn: recital
    """

  private static let verbs = """
    abut: butt
    acclaim: hail
    accommodate: adapt
    accomplish: fulfil fulfill
    accumulate: compile
    actuate: trigger
    adapt: conform
    adjoin: butt
    adorn: ornament
    advise: notify
    advocate: recommend
    affirm: confirm
    aggrandize: pad
    alleviate: facilitate
    apply: employ
    approve: sanction
    associate: link
    bask: savor
    batter: buffet
    border: surround
    botch: spoil
    buffet: batter
    careen: stagger
    cater: ply
    cease: discontinue quit
    challenge: dispute
    compel: oblige
    compliment: congratulate
    confirm: affirm
    conflate: fuse mix
    conquer: inhibit subdue suppress
    consider: regard
    contend: postulate
    corroborate: affirm
    crawl: creep
    creak: screech
    creep: crawl
    criminalise: outlaw
    cringe: quail
    crisp: toast
    curb: inhibit
    dampen: moisten
    dart: flutter
    decorate: ornament
    decrease: lessen
    deduce: derive
    defy: withstand
    delve: dig
    denominate: designate
    derive: deduce
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
    embellish: pad
    embrace: hug
    employ: use utilize
    encompass: embrace
    encourage: promote
    endure: survive
    engross: absorb engulf
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
    flux: fuse
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
    grapple: cope
    groan: moan
    guess: reckon
    guide: steer maneuver
    gyrate: coil
    happen: occur
    harass: beset
    hemorrhage: bleed
    hide: conceal
    hypothesize: conjecture speculate
    immerse: engulf
    impair: mar
    implement: enforce
    impute: ascribe attribute
    infer: derive
    infest: overrun
    inhabit: live populate
    inhibit: conquer subdue
    insert: tuck
    interrupt: disrupt
    intertwine: lace twine
    irritate: annoy
    josh: chaff
    lard: pad
    laud: exalt
    lean: tilt
    lease: rent
    lever: pry
    liaise: mediate
    link: associate
    maneuver: steer
    mash: squash
    match: correspond
    meander: thread
    measure: evaluate
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
    observe: detect
    obsess: haunt
    occur: happen
    omit: exclude
    orbit: revolve
    originate: arise
    outfit: equip
    overcome: defeat overwhelm
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
    provoke: evoke
    publish: print
    quash: subdue
    quit: cease discontinue
    race: rush
    reap: harvest
    recommend: advocate
    recruit: enroll
    redden: blush flush
    refund: repay
    regain: retrieve
    regulate: govern
    rely: trust
    rent: lease
    repair: mend
    respond: react
    restate: repeat
    restrict: curtail
    retreat: recede
    retrieve: recover regain
    reward: honor
    roam: stray
    rotate: revolve
    rupture: tear
    sanction: approve
    savvy: comprehend
    secure: fasten
    seek: attempt try
    shin: clamber
    simulate: imitate
    snub: disregard
    soil: dirty
    spark: activate
    speak: talk
    spiral: coil
    spot: spy
    spring: jump
    sprinkle: disperse
    squash: mash
    squeak: creak screech
    squeeze: squash
    steep: engulf
    strengthen: fortify
    strip: deprive
    study: analyze
    subtract: deduct
    supply: furnish
    suppose: guess reckon
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
    view: regard
    wander: stray
    wince: quail
    wing: fly
    withstand: defy
    worm: twist
    """

  private static let adjectives = """
    absorbed: intent
    accompanying: consequent
    affectionate: fond
    aglow: luminous
    apparent: seeming plain
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
    common: mutual
    conceited: swollen
    concerted: cooperative
    concomitant: consequent
    consistent: reproducible
    cross: transverse
    crude: earthy
    cruel: savage vicious
    cultural: ethnic
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
    full: entire
    funny: comic
    gawky: ungainly
    genuine: literal
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
    independent: sovereign
    indescribable: unspeakable
    individual: single
    ineffable: unspeakable
    infantile: childish
    infected: septic
    inherent: integral
    integral: inherent
    integrated: unified
    intent: absorbed
    juicy: voluptuous
    key: cardinal
    laden: loaded
    lame: feeble
    large: big
    lengthy: extended prolonged
    luscious: voluptuous
    lush: riotous
    main: chief
    meditative: reflective
    menacing: sinister
    metal: metallic
    miscellaneous: mixed
    mixed: miscellaneous
    moist: damp
    motionless: static
    near: close
    otherworldly: transcendental
    outlandish: eccentric
    outrageous: hideous
    outre: eccentric
    outstanding: prominent
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
    sappy: silly
    savage: cruel vicious
    sebaceous: greasy oily
    sequential: successive
    serial: successive
    sharp: crisp
    smashed: soaked
    spectacular: striking
    spiritual: religious
    static: motionless
    stereotypical: stereotyped
    sterling: greatest
    stillborn: unsuccessful
    striking: spectacular
    stunning: sensational
    stupid: dazed
    suitable: suited
    suited: suitable
    swampy: muddy
    swollen: vain
    tactile: tactual
    teenaged: teen
    tender: sore
    terrible: frightening
    total: entire
    ultra: radical
    unbalanced: crazy
    unclean: soiled
    understandable: intelligible
    unending: eternal
    unequal: inadequate
    unnerving: formidable
    unseemly: indecent
    unsure: shy
    utmost: extreme
    vernal: youthful
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
    backwards: rearward
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
    finally: eventually
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
