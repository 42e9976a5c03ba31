"""The phrases that quickstart_questions.py builds patient questions from, written for this project.

In CLAUSES, {I}, {he}, {my}, {me}, {have}, {am}, {was}, {do} and {s} agree with the person asked
about: "{I} keep{s} waking with {my} heart racing" is "I keep waking with my heart racing" or
"My wife keeps waking with her heart racing". Departments share words on purpose (dizzy, numb,
swollen, burning, pressure, flashes, spots), so that no single word gives a department away.
"""


def lines(text):
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


# Whole statements of what is wrong.
CLAUSES = {
    "cardiology": lines("""
        {I} get{s} a tight band across the chest when climbing two flights of stairs
        {I} keep{s} waking at night with {my} heart racing
        {my} heart seems to skip a beat and then thump hard once
        {I} {have} to sleep on three pillows because lying flat leaves {me} breathless
        both of {my} ankles are swollen by evening and the sock marks stay
        {I} nearly fainted in the shower and {my} pulse was only 41
        {my} blood pressure at home is around 165 over 95 most mornings
        the cuff shows an irregular heartbeat symbol almost every time
        {I} feel{s} a fluttering in the chest that lasts ten minutes and then stops
        {my} left arm aches and goes heavy when {I} walk{s} uphill in the cold
        {I} {have} put on four kilos in a week and {am} short of breath
        {I} feel{s} faint whenever {I} stand{s} up quickly and {my} pulse jumps
        {my} watch keeps warning about atrial fibrillation
        {I} {was} told there is a murmur after a routine check
        {my} calves cramp after two hundred metres and stop hurting as soon as {I} rest{s}
        {my} resting pulse has crept up to 110 without any reason
        the ache under {my} breastbone comes on with effort and goes with rest
        {I} passed out at the gym without any warning
        {my} lips look bluish after carrying the shopping
        {my} cholesterol came back at 7.9 and {my} uncle had a bypass at 50
        {I} {have} a stent from last year and the old heaviness is back
        {I} wake{s} up gasping and {have} to sit at the window
        {my} pulse feels uneven in the wrist, three beats and a pause
        the new water tablets make {me} dizzy and {my} pressure is now 98 over 60
        {my} jaw aches when {I} hurr{ies} for the bus, and the dentist found nothing
        {my} pacemaker site feels warm and it twitches
        {I} feel{s} pounding in the neck after every cup of coffee
        {I} cannot finish a sentence after walking to the corner
        {my} heart bangs for half an hour after a glass of wine
        {I} {have} been tired for weeks since the virus and {my} chest feels heavy
        {my} feet are cold and one big toe has gone dusky since the catheter test
        {my} blood pressure differs by thirty points between the two arms
        {my} heart rate drops to 38 during sleep according to the tracker
        the swelling now reaches {my} knees and pressing leaves a dent
        {I} feel{s} a sharp stab near the heart when lying on the left side
        {I} {have} a cough that started with the blood pressure pills
        {my} veins stand out in the neck when {I} lie{s} down
        {I} {was} given warfarin and the last INR was 4.6
        {my} fingers turn numb and white after the beta blocker was doubled
        {I} get{s} breathless bending down to tie {my} shoes
        {I} {have} a dull pressure behind the breastbone after arguments
        {I} feel{s} {my} pulse hammering in the ears when the pressure is high
        {I} sweat{s} cold and feel{s} sick when pushing the lawn mower
        {my} ECG was called borderline and nobody explained why
        {I} {am} pregnant and {my} heart races just sitting down
    """),
    "dermatology": lines("""
        {I} {have} an itchy rash on both elbows that flakes like dry paint
        a mole on {my} back has grown and its edge is ragged
        {my} scalp sheds thick silvery flakes onto every dark shirt
        {my} hands crack and bleed every winter
        small red bumps came up along {my} forearms after gardening
        {I} {have} a patch on the cheek that bleeds and never quite heals
        {my} fingernails have turned thick and yellow
        {I} {have} deep sore lumps under the skin along the jaw
        {my} legs come out in raised welts that move around during the day
        the skin between {my} toes is white and peels
        white patches without any colour are spreading on {my} hands
        {my} hair comes out in coin-sized bald spots
        {my} face flushes and burns after hot drinks, and small vessels show
        {I} {have} a row of burning blisters around one side of the waist
        a brown streak has appeared under {my} thumbnail
        {my} underarms are full of painful boils that leave scars
        {I} itch{es} all over at night but there is nothing to see
        {my} lips swell and peel whenever {I} use{s} a new balm
        the wart on {my} heel came back after freezing
        {my} shins are covered in itchy brown spots and the skin is tight
        a ring-shaped red patch on {my} thigh is getting wider
        {my} skin turns red and sore after ten minutes in the sun
        {I} {have} dry scaly eyelids that sting when {I} wash{es}
        {my} ankle skin has gone dark, hard and itchy above the sock line
        tiny pearly bumps are spreading on {my} chest and thighs
        {my} armpits break out after every deodorant
        the scar from {my} operation is raised, shiny and itchy
        {I} {have} rough sandpaper spots on the forehead from years outdoors
        {my} palms sweat so much that paper tears
        {I} {have} greasy yellow flakes around the nose and eyebrows
        the tattoo {I} had done has raised, itchy red lines
        {my} fingertips peel in sheets every few weeks
        a blister under {my} watch strap spreads each time {I} wear{s} it
        {I} {have} tingling sores on the lip before every exam
        {my} knuckles are purple and rough and the sun makes them worse
        {my} toenail has lifted and smells
        the burn on {my} hand has healed but the skin is numb and shiny
        bites on {my} legs swell to the size of a plum
        {my} cheeks are covered with brown shadows since the pregnancy
        red pimples with white heads appear wherever {I} shave{s}
        a soft lump under the skin of {my} back has slowly grown for years
        {my} skin feels like it is crawling and there are thin grey lines between the fingers
        {my} heels are so cracked that walking hurts
        {I} {have} small blisters deep in the palms that itch like mad
        a spot on {my} ear is crusty and sore to sleep on
    """),
    "neurology": lines("""
        {I} get{s} a throbbing headache on one side with flashing zigzag lines
        {my} right hand shakes when it lies still in the lap
        {my} left leg went numb from the knee down for an hour and came back
        {I} lose{s} words in the middle of a sentence
        {my} face drooped on one side this morning and then recovered
        {I} stare{s} into space for a minute and remember{s} nothing of it
        both {my} feet burn at night as if on hot sand
        the room spins when {I} turn{s} over in bed
        {I} keep{s} tripping because one foot drags
        {my} handwriting has become tiny and cramped
        electric shocks run through {my} cheek when brushing teeth
        {my} legs twitch and want to move as soon as {I} lie{s} down
        {I} {have} double vision and {my} eyelids droop towards evening
        {I} forget{s} what was said ten minutes ago and ask{s} again
        {my} hands tingle in the morning as if wrapped in cotton
        {my} headaches come every day since {I} take{s} painkillers so often
        {I} fell asleep at the wheel although {I} had slept nine hours
        an electric feeling runs down {my} back when {I} bend{s} the neck
        {my} arm jerks by itself just as {I} fall{s} asleep
        {I} bit {my} tongue and woke up confused on the floor
        {my} head feels pressed by a tight band from noon on
        {I} smell{s} burning rubber and then feel{s} strange for a minute
        {my} speech is slurred by the evening and swallowing is hard
        {my} gait is unsteady in the dark and {I} hold{s} on to walls
        {my} legs are so weak that {I} cannot rise from a low chair
        {I} {have} a stabbing pain around one eye every night at two
        {my} right thumb and two fingers fall asleep on the bicycle
        {my} head bobs slightly from side to side
        {I} hit {my} head last week and since then light and noise are unbearable
        {I} cannot find the way home from the shop any more
        {my} toes feel thick and {I} {do} not notice stones in the shoe
        {I} see{s} people in the room at dusk who are not there
        {my} eyelid has been fluttering and now half of {my} face twitches
        {my} muscles ripple under the skin and the grip gets weaker
        {I} shout{s} and kick{s} in dreams and hit the bedside table
        {I} {have} a tremor when lifting a cup, and a small drink calms it
        {I} feel{s} dizzy and off balance since the ear infection
        {my} vision went grey on the left side for twenty minutes, then a headache came
        {my} migraine pills no longer work and {I} vomit{s} with each attack
        {my} memory has been foggy since the concussion
        one pupil is larger and {my} neck hurts on that side
        {I} {have} pins and needles around the mouth and in one hand
        {my} fingers are clumsy with buttons and keys
        {my} headaches are worse on lying down and wake {me} at five
        {I} cannot feel hot water properly with the left foot
    """),
    "orthopedics": lines("""
        {my} knee clicks and gives way going down stairs
        {I} cannot lift {my} arm above the shoulder to comb the hair
        {my} lower back locks up when {I} bend{s} to the dishwasher
        the ankle {I} twisted in March still swells after a walk
        {my} heel hurts like a nail with the first steps of the morning
        {my} hip grinds and the groin aches after sitting
        {I} fell on an outstretched hand and the thumb side of the wrist is sore
        {my} big toe joint has a bump that rubs in every shoe
        {my} elbow hurts when {I} grip{s} a pan or open{s} a jar
        {my} knee swelled up like a balloon after the football match
        pain shoots from the buttock down the leg when {I} cough{s}
        a finger snaps and stays bent until {I} pull{s} it straight
        {my} neck is stiff and the pain runs into the shoulder blade
        {my} shoulder popped out again during swimming
        {my} shin aches along the bone after every run
        {I} heard a snap in the calf and cannot stand on tiptoe
        {my} spine curves to one side and the clothes hang crooked
        {my} hands are stiff for an hour each morning and the knuckles are swollen
        {my} cast feels too tight and the fingers look puffy
        the screw in {my} ankle aches whenever the weather changes
        {my} new hip makes a clunking noise
        {my} kneecap hurts after sitting through a film
        {my} tailbone still hurts two months after falling on the ice
        the ball of {my} foot burns as if {I} step{s} on a pebble
        {my} wrist has a firm lump that grows after typing
        {my} ribs hurt with every breath since falling off the ladder
        {my} foot arch has collapsed and the ankle leans inward
        {I} {have} shrunk five centimetres and {my} upper back is bent
        {my} thumb joint aches when turning a key
        {my} thigh muscle tore at training and there is a dent
        {my} collarbone sticks up since the bicycle crash
        {I} cannot kneel on the replaced knee and one side of it is numb
        {my} child walks with the toes turned in and stumbles
        {my} arm is weak and the neck cracks since the car accident
        {my} leg goes numb when {I} stand{s} long but sitting forward helps
        {my} joints crack and one knee cannot straighten all the way
        {my} hamstring pulls whenever {I} lengthen{s} the stride
        {my} bones feel sore and the scan said low density
        {my} shoulder keeps {me} awake whenever {I} lie{s} on it
        {I} broke a toe and it points the wrong way
        {my} fingers tingle since the wrist fracture was plastered
        {my} back hurts at night and is better once {I} move{s}
        the joint at the base of {my} toe is red, hot and too sore for a sheet
        one leg is shorter since the operation and {I} limp{s}
        the muscle beside {my} spine twitches and hardens after desk work
    """),
    "gastroenterology": lines("""
        {I} get{s} a burning feeling behind the breastbone after supper
        food sticks halfway down and {I} {have} to drink to push it on
        {my} belly swells like a drum after bread
        {I} {have} had loose stools six times a day since the trip
        there was bright red blood on the paper again
        {my} stools are black and sticky since {I} take{s} iron and ibuprofen
        cramps on the lower left come before every bowel movement
        {I} wake{s} with a sour taste and a hoarse throat
        a pain under the right ribs spreads to the shoulder after fried food
        {I} {have} not been able to go for nine days
        {my} skin and the whites of {my} eyes look yellow
        {I} feel{s} full after three bites and {have} lost six kilos
        {I} vomit{s} hours after eating and see{s} food from lunch
        {my} stomach burns at night and milk helps for an hour
        mucus and blood come with the stool and {I} feel{s} feverish
        {my} stool floats, is pale and hard to flush
        {I} {have} an itching at the back passage every night
        {my} upper belly pain bores through to the back after drinking
        wind and bloating make {me} look six months pregnant
        {I} burp{s} all day and there is pressure under the ribs
        {I} need{s} to run to the toilet after every coffee
        {my} liver values were three times too high
        {my} right lower belly is sore and {I} feel{s} sick
        {I} keep{s} coughing at night and the lungs were found clear
        {my} urine is dark, the stool is pale and the skin itches
        {I} {have} a lump in the groin that gurgles when pushed
        {I} {was} found to lack iron again and {I} never bleed{s} that I know of
        {my} mouth is full of sores and the belly cramps since spring
        alternating constipation and diarrhoea have ruled {my} week since exams
        {my} stomach rumbles so loudly that meetings are embarrassing
        {I} get{s} hiccups for hours after meals
        {I} cannot hold the stool when {I} laugh{s} or run{s}
        {my} belly is full of water and the legs are thin
        {I} {have} chest pressure when swallowing cold drinks
        milk gives {me} cramps and gas within the hour
        {I} {have} pain around the navel that wakes {me} at three
        {my} throat feels as if there is a lump when swallowing
        {my} nausea is worst before breakfast and no test is positive
        small polyps were taken out and the letter says adenoma
        {my} appetite is gone and {I} feel{s} pressure on the left under the ribs
        {I} {have} a tear that hurts like glass at every visit to the toilet
        {my} gut goes wild after each course of antibiotics
        the tube feeding makes {me} bloated and sick
        {my} tongue is sore and smooth and the stools are bulky
        {I} sweat{s} and get{s} dizzy half an hour after meals since the stomach surgery
    """),
    "ophthalmology": lines("""
        {I} see{s} a curtain coming down over one side of {my} sight
        {my} eyes are glued shut with yellow crust in the morning
        straight lines look wavy with the left eye
        halos shine around street lamps when {I} drive{s} at night
        {my} eyes burn and water after an hour at the screen
        black specks float across the page when {I} read{s}
        something scratches under the upper lid whenever {I} blink{s}
        {my} eye is blood red but does not hurt
        flashes appear in the corner of {my} eye in the dark
        {I} {have} a hard sore lump on the edge of the lid
        {my} arms have become too short to read a menu
        everything looks yellowish and dull with the right eye
        {my} child turns one eye inwards when tired
        bright light hurts so much that {I} sit{s} in the dark
        {my} contact lens feels gritty and the eye is pink
        {I} bump{s} into door frames on the left
        a white film is growing from the corner of {my} eye over the coloured part
        {my} lids itch and swell every April
        {I} splashed cleaning fluid into {my} eye and it still stings
        {my} distance sight gets blurry after reading
        one of {my} eyes tears all the time and the inner corner is swollen
        {my} glasses are new and {I} still get{s} a headache from them
        the centre of the letter is missing when {I} read{s}
        {my} eye aches, the sight is foggy and {I} feel{s} sick
        {I} see{s} two moons when {I} cover{s} one eye
        colours look washed out with {my} left eye and moving it hurts
        {I} cannot see the ball in the dusk although days are fine
        {my} pupils stayed wide and near print swims
        a blood spot fills the white of {my} eye after sneezing
        {my} eyelashes grow inwards and scrape
        {my} upper lids hang so low that {I} lift{s} the chin to read
        {my} eye pressure was 27 at the optician
        diabetes was found and the optician saw tiny bleeds at the back of {my} eye
        {my} artificial lens seems cloudy two years after the operation
        {I} got hit by a squash ball and there is blood in front of the iris
        {my} eyes feel like sand and the mouth is dry too
        {my} sight in one eye went black for five minutes
        metal dust flew into {my} eye while grinding
        {I} read{s} with one eye closed because the words double
        {my} baby has one pupil that shines white in photos
        {my} prescription has jumped twice in six months
        {my} eyelid twitches all day and the eye feels dry
        {my} eye is red around the coloured ring and light stabs
        tears run down in the wind but the eye feels dry indoors
        {my} eyelids are crusty at the roots of the lashes
    """),
}

# What a hurried writer notes down.
NOTES = {
    "cardiology": lines("""
        tightness across the chest on stairs
        palpitations at night
        swollen ankles, worse by evening
        blood pressure 150/90 three days running
        heart skipping beats after coffee
        breathless lying flat
        pain in the left arm when walking fast
        dizzy after standing up, pulse 120
        fainted on the bus
        cold blue toes and calf cramp on walking
        pressure on the chest with sweating
        murmur found at the sports check
        racing heart after climbing into bed
        new cough and ankle swelling, known weak heart
        pulse below 45 at rest
        heaviness in chest since the flu
        missed two doses of blood thinner
        thumping in the neck
        very tired, short of breath, heart valve replaced 2015
        cholesterol 8.1, father had an infarct at 44
        cuff says irregular heartbeat
        swelling of one calf after a long flight
        nosebleeds and pressure 180/100
        pins and needles in the arm with chest ache
        defibrillator gave a shock yesterday
    """),
    "dermatology": lines("""
        itchy rash behind the knees
        mole that changed colour
        dry cracked hands, bleeding
        acne on back and chest, scarring
        blisters in a stripe on the left side, burning
        round bald patch on the head
        hives every evening
        thick yellow toenails
        red scaly plaques on elbows
        swollen lips after new lipstick
        sunburn with blisters on the shoulders
        spots that come after shaving
        wart on the thumb for a year
        flushing and red bumps on the nose
        itching all over, nothing to see
        hair thinning on top
        black line in a nail
        dark velvety skin at the neck
        sore lump in the armpit, third time
        peeling between the toes
        brown itchy skin above the ankles
        ring-like rash after a tick bite
        nappy area raw and red
        numb white fingers with hard skin
        burning face after a new cream
    """),
    "neurology": lines("""
        headache on one side with nausea
        numb fingers every morning
        shaking hand at rest
        room spinning on turning over
        blackout with jerking of the arms
        burning feet at night
        forgetting names, getting lost
        restless legs after nine in the evening
        weak left arm for ten minutes
        shooting pain in the cheek
        double vision late in the day
        slurred speech this morning, now fine
        tingling down one side of the face
        unsteady walking, wide steps
        pressure headache from noon on
        flickering lights and then migraine
        sudden sleep in the afternoon
        foot drop since Tuesday
        twitching muscles and weaker grip
        foggy head since the concussion
        dizzy in supermarkets
        pain behind one eye in bouts at night
        daily headache and daily tablets
        loss of smell and slow movements
        electric shock feeling on bending the neck
    """),
    "orthopedics": lines("""
        knee gives way on stairs
        stiff neck running into the shoulder
        low back pain on bending
        twisted ankle, still swollen
        heel pain with the first steps
        frozen shoulder, cannot reach the shelf
        hip pain at night
        finger locks in the morning
        swollen knee after a fall
        bump at the big toe
        tingling leg when sitting long
        tennis elbow, second injection
        pain in the wrist after a fall
        crack in the calf while sprinting
        cast too tight, fingers blue
        crooked back in a teenager
        shin pain after running
        sore thumb joint when opening jars
        rib pain after coughing
        clunking hip replacement
        flat feet and aching arches
        hot red big toe overnight
        torn ligament, brace rubs the skin
        bone density low
        numb thigh after the belt got tight
    """),
    "gastroenterology": lines("""
        heartburn every night
        blood on the toilet paper
        bloated after bread and milk
        diarrhoea since the holiday
        food getting stuck
        pain under the right ribs after fat
        constipated for a week
        black stool, dizzy
        vomiting after meals
        burning in the upper belly, milk helps
        yellow eyes and dark urine
        weight loss and no appetite
        cramps and mucus
        sour taste and cough at night
        itching at the anus
        liver values up
        chest pressure after big meals
        lump in throat on swallowing
        pale floating stool
        lots of wind, loud belly
        pain left lower belly with fever
        stomach ache before school
        hiccups that will not stop
        iron low again, tired
        bulge next to the navel
    """),
    "ophthalmology": lines("""
        red eye without pain
        flashes and floaters in one eye
        blurry when reading
        eyelids stuck together in the morning
        wavy lines on the left
        halos around lights
        burning eyes at the computer
        lump on the eyelid
        light hurts, eye watering
        double vision with the right eye only
        dry sandy eyes
        sudden dark curtain
        itchy swollen lids in spring
        squinting child
        lens feels stuck
        eye pressure high
        grey spot in the middle
        eyelid twitching and dry eye
        watery eye in the wind
        headache after new glasses
        drooping upper lids
        sight foggy two years after cataract surgery
        chlorine in the eye
        vision black for a few minutes
        burst vessel in the white of the eye
    """),
}

# What people ask about without a complaint: tests and treatments, and (with *) illnesses.
TOPICS = {
    "cardiology": lines("""
        a 24-hour ECG
        an echocardiogram
        a stress test on the treadmill
        bypass surgery
        a pacemaker
        taking statins
        beta blockers
        blood thinners after a valve replacement
        a cardiac catheter through the wrist
        a cardioversion
        * atrial fibrillation
        * heart failure
        * a leaking mitral valve
        an ablation
        blood pressure tablets
        * a hole between the chambers of the heart
        * an aneurysm of the aorta
        * narrowed arteries in the legs
        cardiac rehabilitation
        a defibrillator
        * varicose veins
        * a clot in the leg
        a coronary CT scan
    """),
    "dermatology": lines("""
        a skin biopsy
        * psoriasis
        * eczema in a baby
        isotretinoin
        cortisone cream
        light therapy
        freezing a wart
        a mole check
        * rosacea
        a patch test
        * shingles
        * nail fungus
        hair transplantation
        laser for broken veins
        * vitiligo
        * scabies in the family
        * melanoma
        * cradle cap
        * a fungal infection
        removing a cyst
        botox against sweating
        * impetigo
        * chickenpox scars
    """),
    "neurology": lines("""
        an EEG
        a brain MRI with contrast
        a spinal tap
        migraine prevention tablets
        epilepsy medicine
        * Parkinson's disease
        * multiple sclerosis
        a nerve conduction test
        * a stroke
        botox for headaches
        * restless legs
        * a benign brain tumour
        * early dementia
        a memory test
        * neuropathy from diabetes
        * trigeminal neuralgia
        vertigo exercises
        * a concussion
        carpal tunnel testing
        * narcolepsy
        * essential tremor
        a sleep study
        * myasthenia
    """),
    "orthopedics": lines("""
        a knee replacement
        keyhole surgery on the meniscus
        * a slipped disc
        a cortisone injection into the shoulder
        * a torn cruciate ligament
        a plaster cast
        physiotherapy after a hip operation
        shock wave therapy for the heel
        osteoporosis tablets
        a bunion operation
        * scoliosis
        * a broken collarbone
        insoles
        a bone density scan
        * arthritis of the thumb
        * a rotator cuff tear
        * gout
        carpal tunnel surgery
        removing plates and screws
        * a stress fracture
        * growing pains
        a spinal fusion
        a walking boot
    """),
    "gastroenterology": lines("""
        a colonoscopy
        a gastroscopy without sedation
        acid blockers
        * coeliac disease
        * Crohn's disease
        * ulcerative colitis
        * gallstones
        * irritable bowel syndrome
        a breath test
        * haemorrhoids
        * hepatitis B
        * a fatty liver
        removing the gallbladder
        * diverticulitis
        * the bacterium Helicobacter
        a low FODMAP diet
        * a hiatal hernia
        * lactose intolerance
        a stool test
        * cirrhosis
        * pancreatitis
        a feeding tube
        laxatives
    """),
    "ophthalmology": lines("""
        cataract surgery
        glaucoma drops
        laser treatment for short sight
        an injection into the eye
        * macular degeneration
        * a detached retina
        contact lenses
        dry eye drops
        * a stye
        a squint operation
        * pink eye
        a field of vision test
        dilating drops
        * diabetic retinopathy
        patching a lazy eye
        reading glasses
        a corneal transplant
        * night blindness
        * blepharitis
        * a blocked tear duct
        a prism in the glasses
        * keratoconus
        * an optic nerve inflammation
    """),
}

# Questions written one by one.
WHOLE = {
    "cardiology": lines("""
        My pressure is fine at the surgery and 160 at home. Which one should I believe?
        Can I take ibuprofen for my back while I am on blood thinners?
        My father died of an infarct at 49 and I turn 45 next month. What should I have checked?
        I stopped my pills for a week on holiday and nothing happened. Do I still need them?
        Is it dangerous to run a half marathon with extra beats?
        The hospital letter says ejection fraction 35 %. What does that number mean for daily life?
        May I have an MRI of my knee with a pacemaker?
        I feel well since the stent. How long do I have to take two kinds of platelet inhibitors?
        Grapefruit and my tablets: is that really a problem?
        How much salt is too much when the ankles swell?
        Since the divorce I feel a stone on my chest every evening. Could that still be the heart?
        My smart watch and the pharmacy disagree about my pulse by twenty beats.
        Should I wake somebody if my lips go numb and my heart races at night?
        Is sauna allowed three months after a heart attack?
        The dentist wants to know if I need antibiotics because of my valve.
        I had rheumatic fever as a girl and now I get out of breath with the hoover.
        After COVID my pulse is 130 when I only make the bed.
        Viagra and nitro spray, my husband uses both. Should I worry?
        My left foot swells more than the right since they took a vein for the bypass.
        Do I need to fast before the cholesterol test?
    """),
    "dermatology": lines("""
        My son's face is covered with honey-coloured crusts. May he go to kindergarten?
        How can I tell a harmless age spot from something worse?
        I used the strong cream on my face for months and now it burns without it.
        The pharmacist says it is fungus, my mother says eczema. Who should look at it?
        Which sunscreen for a child who reacts to everything?
        Can stress alone make hair fall out?
        After the antibiotics my whole trunk came out in red dots.
        I have had psoriasis for years and now the methotrexate makes me tired. Is there a newer drug?
        Something bit me, the red ring is as big as a saucer now.
        Why do my spots get worse the week before my period?
        My grandmother picks at a spot on her nose and it has bled for months.
        Does a tan protect me or is that a myth?
        I am a hairdresser and my fingers look like raw meat.
        We all itch at night, even the baby, and it started after the hostel.
        Is it safe to remove a skin tag with thread?
        My lips tingle, then blisters come, always in the same place.
        New washing powder, new rash around the waistband. Coincidence?
        The cut on my shin has been open for seven weeks and the skin around it is brown.
        My nails have little pits and my knuckles hurt. Whom do I see first?
        Can I swim in chlorinated water with atopic skin?
    """),
    "neurology": lines("""
        I have seen five doctors about my headaches and all scans are normal. What now?
        My mother asks the same question ten times an hour but remembers the war perfectly.
        Are two glasses of wine a problem with my epilepsy tablets?
        When may I drive again after a single fit?
        I get migraine every Saturday, never on a weekday.
        Is it normal that half my face is still stiff six months after the palsy?
        The tablets for my tremor slow my heart, says the leaflet. Is there something else?
        My fingers fall asleep whenever I hold the phone. Nerve or circulation?
        After the stroke my father laughs and cries for no reason.
        My daughter rolls her eyes and blinks oddly a hundred times a day.
        How do I know whether I am dizzy from the ear or from the brain?
        Since the tick bite my eyelid hangs and my cheek feels numb.
        I dropped three cups this week, always with the left hand.
        My husband acts out his dreams and gave me a black eye.
        Does weather really trigger migraine?
        The injection in my spine for the test left me with a headache that goes when I lie down.
        They found a small aneurysm in my head by chance. Should it be treated?
        My legs feel like lead after a hot bath and I have optic neuritis in my history.
        I wake up and cannot move for a minute. It frightens me.
        How fast should the Parkinson tablet work, and why does it fail after lunch?
    """),
    "orthopedics": lines("""
        The MRI says bulging disc, but the pain is in my calf. How does that fit?
        Do I need surgery for a torn meniscus at 62?
        My son broke his arm and the cast got wet.
        How long until I can drive with my right foot in a boot?
        Every shoe hurts since my toes have started to cross.
        I can crack my neck loudly. Am I damaging something?
        Is it better to rest or to move with a bad back?
        My shoulder froze after the vaccination. Is that possible?
        The x-ray is clean but I cannot put weight on the foot.
        I work on ladders and my knees burn at night. Is my job the reason?
        My daughter dances on her toes six hours a week and her shin is sore to the touch.
        How many cortisone shots can one elbow take?
        They want to replace both hips at once. Is this wise at 80?
        My fingers go numb after the elbow was bruised, mainly the little one.
        After the plaster came off my wrist is stiff as wood.
        Does a knee brace weaken the muscles?
        I have arthritis in the family. Can I still take up running at fifty?
        My baby's hips clicked at the check-up.
        My heel spur is back. Insoles, shock waves or patience?
        The wound over my new knee is warm, and I had a fever last night.
    """),
    "gastroenterology": lines("""
        I drank the whole bottle for the bowel preparation and nothing happens yet.
        Is it the stomach or the heart when it burns behind the breastbone after pizza?
        My sister has coeliac disease. Should I be tested before I stop eating bread?
        Since the gallbladder is out I have to run after every meal.
        I have taken acid blockers for eight years. Can I just stop?
        The pathologist found three polyps. When is the next look due?
        My son complains of belly ache every school morning and never on Sundays.
        Do I really have to treat Helicobacter if I feel nothing?
        How much coffee can a sensitive gut take?
        My partner has hepatitis B. Can we share a kitchen?
        I see undigested corn and tomato skins. Is my digestion failing?
        The blood thinner and now black stools. Emergency or wait until Monday?
        My eyes looked yellow in the bathroom mirror this morning.
        What can I eat during a flare of colitis?
        Fatty liver, but I never drink. How can that be?
        My mother chokes on dry bread and has begun to avoid meat.
        Travelling to India with Crohn's disease: what should I pack?
        Every antidepressant so far upset my stomach. Is there a gentler one?
        I get a rash and cramps after wine. Allergy or intolerance?
        Does a hernia of the diaphragm always need an operation?
    """),
    "ophthalmology": lines("""
        My optician says cataract, but I can still read. When is the right moment to operate?
        Can I drive home after the pupils have been widened?
        I slept with my lenses in and now one eye is red and sore.
        My grandfather went blind from glaucoma. How often should I be checked?
        After the laser I see stars around every lamp. Will it go away?
        Is screen light bad for my daughter's eyes?
        My left eye has been weeping since the baby poked it.
        The drops for the pressure make my lashes grow and my lids dark.
        One eye sees warm colours and the other cold ones. Is this normal?
        How do they put an injection into the eye, and will I feel it?
        I see a big floating ring since Friday. Is this urgent?
        My son holds books ten centimetres from his nose.
        The migraine doctor sent me because the flickering is only in one eye.
        Which glasses for the piano, near ones or far ones?
        My rheumatism tablets need an eye check once a year, says the leaflet. Why?
        My eyes close by themselves when I am driving in bright sun.
        The stye has been there for two months and it is now a painless ball.
        Can I wear mascara with constantly inflamed lid margins?
        I fell on my cheekbone and see double looking up.
        My vision blurs for an hour when my sugar is high.
    """),
}

# Questions that more than one department could answer, with the ones that would be right.
AMBIGUOUS = [
    ("I get dizzy and my ears ring when I stand up from the sofa.", "cardiology neurology"),
    ("There is a burning in my chest after I lie down, and my arm feels odd.",
     "gastroenterology cardiology"),
    ("My headache comes with blurred sight and pain above the eye.", "neurology ophthalmology"),
    ("My eyelids are red, scaly and swollen.", "ophthalmology dermatology"),
    ("My back hurts and two toes are numb.", "orthopedics neurology"),
    ("My skin flakes and my finger joints are swollen and stiff.", "dermatology orthopedics"),
    ("My legs are swollen, the skin is brown and it itches.", "cardiology dermatology"),
    ("I itch all over and my liver values were a little high.", "dermatology gastroenterology"),
    ("My hand falls asleep at night and the thumb is weak.", "neurology orthopedics"),
    ("I fainted after going to the toilet with belly cramps.", "gastroenterology cardiology"),
    ("I see double when I am tired.", "ophthalmology neurology"),
    ("My chest hurts when I press on the ribs and when I breathe in.", "orthopedics cardiology"),
    ("Pain between the shoulder blades after fatty meals.", "gastroenterology orthopedics"),
    ("I have a red rash and sore eyes every spring.", "dermatology ophthalmology"),
    ("My foot is cold and numb and the skin looks bluish.", "cardiology neurology"),
    ("Sudden loss of sight in one eye for some minutes, then all was well.",
     "ophthalmology neurology cardiology"),
    ("My jaw hurts when chewing and my temple is sore.", "neurology orthopedics ophthalmology"),
    ("A painful stripe of blisters on the forehead, and the eye is red.",
     "dermatology ophthalmology"),
    ("Calf pain on walking that makes me stop.", "cardiology orthopedics"),
    ("My neck hurts and the room sways.", "orthopedics neurology"),
    ("I feel sick, sweaty and weak half an hour after eating.", "gastroenterology cardiology"),
    ("My toe is red, hot and swollen and the skin peels.", "orthopedics dermatology"),
    ("I have sores in the mouth and red eyes again.", "dermatology ophthalmology gastroenterology"),
    ("Tingling in both feet since I cut out meat and my stomach has been upset.",
     "neurology gastroenterology"),
    ("My eye twitches and my cheek joins in.", "neurology ophthalmology"),
    ("I cannot swallow properly and my voice is weak by night.", "neurology gastroenterology"),
    ("The skin on my shoulder burns but there is nothing to see.", "neurology dermatology"),
    ("My heart races and my hands tremble.", "cardiology neurology"),
    ("A lump at my wrist that moves under the skin.", "orthopedics dermatology"),
    ("I am tired, pale and short of breath, and my stool is dark.", "gastroenterology cardiology"),
    ("Numb patch on the thigh that burns in the shower.", "neurology dermatology orthopedics"),
    ("Pressure behind the eyes and a stiff neck after long days.",
     "ophthalmology neurology orthopedics"),
    ("Cold white fingers in winter that hurt when they warm up.", "cardiology dermatology"),
    ("Tight chest and lump in the throat before exams.", "cardiology gastroenterology"),
    ("My hip hurts and the skin over it is numb since the shingles.", "neurology orthopedics"),
    ("Pain in the left upper belly that comes when I climb stairs.",
     "cardiology gastroenterology"),
    ("My toenail is black since the half marathon and the toe aches.", "dermatology orthopedics"),
    ("I bump into things and cannot judge the steps any more.", "ophthalmology neurology"),
    ("My legs cramp at night and the calves are swollen.", "cardiology orthopedics neurology"),
    ("Yellowish bumps on my eyelids, and my cholesterol is high.",
     "dermatology cardiology ophthalmology"),
]

# Who it is about: the subject, its pronoun, my, me, and whether the verb takes an s.
PEOPLE = [
    ("I", "I", "my", "me", False),
    ("my mother", "she", "her", "her", True),
    ("my father", "he", "his", "him", True),
    ("my husband", "he", "his", "him", True),
    ("my wife", "she", "her", "her", True),
    ("my son", "he", "his", "him", True),
    ("my daughter", "she", "her", "her", True),
    ("my grandmother", "she", "her", "her", True),
    ("my brother", "he", "his", "him", True),
    ("my aunt", "she", "her", "her", True),
    ("my neighbour", "he", "his", "him", True),
    ("my flatmate", "she", "her", "her", True),
]

GREETINGS = lines("""
    Hello,
    Hi,
    Good morning.
    Dear doctor,
    Dear team,
    Hi there, quick question.
    Sorry to bother you.
    I hope this is the right place to ask.
    Not sure where to turn.
    Good evening, I am new here.
    A friend told me to write to you.
    My GP is on leave, so I ask here.
    Please help.
""")

DURATIONS = lines("""
    for three weeks
    since Monday
    for about two months
    since last summer
    on and off for a year
    since the weekend
    for five days now
    ever since my birthday
    since we moved house
    for as long as I can think
    for a fortnight
    every few days since spring
    since yesterday evening
    for half a year
    since the second vaccination
    since a bad cold in January
    for the last ten days
    since the night shifts began
    since the new tablets
    more or less daily since June
""")

CIRCUMSTANCES = lines("""
    It is worse in the evening.
    It is worse when it is cold.
    It is better at the weekend.
    Stress makes it worse.
    It comes in attacks of a few minutes.
    Nothing seems to trigger it.
    It wakes me up at night.
    It happens mostly at work.
    Heat makes it worse.
    It got worse after a long flight.
    Rest helps a little.
    Paracetamol helps for two hours.
    Ibuprofen did nothing.
    A warm shower helps.
    It is only on the left.
    It moves from one side to the other.
    It started out of the blue.
    It started while I was cooking.
    It began after a week of fever.
    Coffee seems to make it worse.
    It is not painful, only strange.
    On a scale of ten it is a seven.
    There was no injury.
    It comes and goes.
    Blood tests were normal.
    The emergency room sent us home.
    Nothing from the pharmacy helped.
    Walking makes no difference.
    It has never happened before.
    Lying down changes it.
    It is slowly getting worse.
""")

# What else is known about the person; most of it belongs to another department.
BACKGROUNDS = lines("""
    high blood pressure is known
    there is asthma in the family
    there is diabetes, treated with tablets
    an old knee injury is known
    migraine runs in the family
    eczema as a child
    a weak stomach since childhood
    a bad back from lifting
    glasses since school
    a thyroid that is watched
    hay fever every year
    arthritis in both hands
    a stroke two years ago
    psoriasis, quiet at the moment
    acid reflux, well treated
    a cataract on the other side
    a small hole in the heart, closed as a baby
    one epileptic fit at sixteen
    gallstones that were left alone
    a hip replaced in 2019
    smoker, ten a day
    no other illness
    no allergies
    overweight, but losing
    a long flight last week
    a new job with much lifting
    a pacemaker
    glaucoma drops every night
    irritable bowel
    cortisone tablets until last month
""")

QUESTIONS = lines("""
    What could this be?
    Should I be worried?
    Is this urgent?
    Which doctor should I see?
    Do I need to come in?
    Can this wait until after the holidays?
    Is there anything I can do at home?
    Could it be the medicine?
    Should this be looked at?
    Which tests make sense?
    Is that normal at 70?
    Is that normal at my age?
    Does this go away by itself?
    What would you advise?
    Is it safe to keep working?
    Could I get an appointment this week?
    Can stress do this?
    Do I need a referral?
    Could it be something serious?
    What happens if I ignore it?
    Who treats this?
    When should I go to the emergency room?
""")

# Frames for tests and treatments.
ASKING_OF_CARE = lines("""
    How long does it take to recover from {topic}?
    What should I know before {topic}?
    Is there an alternative to {topic}?
    Can I fly two weeks after {topic}?
    My neighbour swears by {topic}. Is it worth asking about?
    What are the risks of {topic} at 78?
    Does {topic} hurt?
    Does my insurance pay for {topic}?
    How do I prepare my mother for {topic}?
    Is {topic} possible during pregnancy?
    The letter only says "{topic}". What does that involve?
    Who in the hospital is responsible for {topic}?
    Do I have to take time off because of {topic}?
    My doctor mentioned {topic}, then had to leave. What comes next?
    Is a second opinion sensible before deciding about {topic}?
    I am afraid of {topic}. Is that silly?
    Why did nobody tell me about the side effects of {topic}?
    Can {topic} make me tired and dizzy?
    Is numbness common after {topic}?
    Could my headaches come from {topic}?
    I was offered {topic} and need to decide by Friday.
    When may I bathe and lift things again after {topic}?
""")

# Frames for illnesses.
ASKING_OF_ILLNESS = lines("""
    My grandmother lives with {topic}. What can we do at home?
    I read about {topic} online and now I am scared. Could you explain it simply?
    Can children have {topic}?
    Would {topic} stop me from working as a driver?
    What may I eat and drink with {topic}?
    Can I still play tennis with {topic}?
    How often is a check-up needed with {topic}?
    Does alcohol matter with {topic}?
    Does {topic} run in families?
    Is {topic} catching?
    How is {topic} told apart from something harmless?
    The report mentions {topic}. How bad is that?
    Can {topic} make me tired and dizzy?
    What is new in treating {topic}?
    Does {topic} get better by itself?
    Is it safe to fly with {topic}?
    My brother has {topic}. Should I be tested?
    Can {topic} come back after years?
    Could {topic} be behind my headaches?
    Which sports are good for people with {topic}?
""")

# Frames for NOTES.
TERSE = lines("""
    {note}. {question}
    {note}, {duration}. {question}
    {note}
    {note}, {background}. {question}
    {person}: {note}, {duration}
    {question} {note}.
    {note}, what now?
    Re: {note}. {circumstance} {question}
    {note}. {circumstance}
    {note} {duration}. {circumstance} {question}
    {greeting} {note} {duration}. {question}
    Appointment wanted for {note}. {duration}.
    {person}, {note}.
""")

PERSONS = lines("""
    male, 34
    female, 67
    boy, 6
    girl, 11
    f 29
    m 58
    woman, 41
    man of 73
    student, 22
    patient 80 years
    retired teacher, 69
    nurse, 37
    child, 4
    bus driver, 52
""")

INSTRUCTIONS = lines("""
    Which department should answer this patient?
    Name the department for the question below.
    Read the message and route it to a department.
    A patient writes to the clinic. Where does the message belong?
    Choose the right department for this question.
    Sort this message into one of the six departments.
""")
