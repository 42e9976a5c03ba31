/// What `augment.evol-instruct` asks for, unless files say otherwise.
///
/// The headings are WizardLM's: a model that copies them has not done what it was told, and is found out by them.
enum EvolPrompts {
  static let depth = """
    You rewrite prompts. Make the given prompt a bit harder, such that well-known chat assistants find it \
    more difficult to handle, in this way and no other:
    {method}

    The rewritten prompt must make sense, and a person must understand it and be able to answer it. Keep \
    its language, and what is not text in it, such as tables and code. Add 10 to 20 words at most, and do not \
    make it wordy. Do not answer it. Write the rewritten prompt alone, without a heading; the words "given \
    prompt" and "rewritten prompt" must not occur in it.

    #Given Prompt#:
    {instruction}

    #Rewritten Prompt#:
    """

  static let breadth = """
    You create prompts. Take the given prompt for an example and create a new one of the same domain that is \
    rarer, in the same language, about as long and as hard.

    The created prompt must make sense, and a person must understand it and be able to answer it. Do not \
    answer it. Write the created prompt alone, without a heading; the words "given prompt" and "created \
    prompt" must not occur in it.

    #Given Prompt#:
    {instruction}

    #Created Prompt#:
    """

  static let depthNeeds = ["instruction", "method"]
  static let breadthNeeds = ["instruction"]
}
