/// What `augment.self-instruct` asks for, unless a file says otherwise.
enum SelfInstructPrompt {
  static let text = """
    Below is a list of tasks for an assistant that reads and writes text. Continue it with {count} new \
    tasks, the first of them as number {next}.

    - No new task may be like another one: vary what is to be done, what it is about, the wording and \
    the length. Ask questions, give orders, set riddles, have things written, sorted, changed or judged.
    - Each must be doable by text alone, without pictures, sound, other documents or the web.
    - Each must be whole: where it is about a text or data, they stand in it, short and concrete.
    - Each is of one to three sentences on one line, in the language of the tasks below.

    Write the tasks alone, each on a line that begins with "Task" and its number, and none of the answers.

    {tasks}
    """

  static let needs = ["tasks"]
  static let offers = ["count", "next"]
}
