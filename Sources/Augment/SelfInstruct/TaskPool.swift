import Records

/// The tasks that prompts show: those of the records, and those that were made so far.
struct TaskPool {
  struct Task: Sendable {
    /// The id of its record, or of the record that it will be.
    let id: String
    /// The place of its record; of a made one, that of the record it is a child of.
    let index: Int
    /// What is asked, on one line.
    let text: String
    /// What the system says before.
    let system: String?
  }

  /// How many tasks a prompt shows, and how many of them were made; self-instruct's (arXiv 2212.10560, 2.2).
  static let shown = 8
  static let shownMade = 2

  /// Those of records.
  let seeds: [Task]
  /// Those that were made.
  private(set) var made: [Task] = []

  init(seeds: [Task]) { self.seeds = seeds }

  mutating func add(_ task: Task) { made.append(task) }

  /// The tasks of one prompt, in the order in which it shows them, and the record's task that was drawn first.
  ///
  /// Where fewer were made or read than are wanted, there are more of the others, or fewer in all.
  func draw(_ random: inout CounterRandom) -> (host: Task, tasks: [Task]) {
    let made = random.some(Self.shownMade, of: made)
    let seeds = random.some(Self.shown - made.count, of: seeds)
    let tasks = seeds + made
    return (seeds[0], random.some(tasks.count, of: tasks))
  }
}
