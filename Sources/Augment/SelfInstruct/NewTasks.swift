import Records
import Stages
import TextKit

/// Makes new tasks, wave by wave: what a wave shows was made before it, so that its prompts can be asked with at
/// the same time and the tasks depend on nothing else.
struct NewTasks {
  /// How many tasks one prompt asks for.
  static let perPrompt = 8
  /// How many prompts a wave has at most.
  static let perWave = 8

  private let stage: SelfInstructStage
  private let context: StageContext
  private var rules: TaskRules
  private var pool: TaskPool
  /// How many prompts were asked with.
  private var prompts = 0
  /// What came of each record that was drawn first, by its place.
  private(set) var planned: [Int: PlannedChildren] = [:]
  /// What was refused of all.
  private(set) var refusals = Refusals()

  /// How many were made.
  var count: Int { pool.made.count }

  /// Reads the tasks that there are.
  /// - Throws: `StageError` where no training record asks anything.
  init(
    _ stage: SelfInstructStage, _ records: RecordCollection, _ context: StageContext
  ) throws {
    (self.stage, self.context, rules) = (stage, context, stage.rules)
    let (known, seeds, isSplit) = try Self.read(records, longest: stage.longest)
    guard !seeds.isEmpty else {
      throw StageError(
        "no-seeds", "no training record asks something of an assistant",
        remedy: "give \(AugmentNames.selfInstruct) records with an instruction and an answer")
    }
    if !isSplit {
      Fetching.current.say(
        "\(context.stage): the records are on no side; those to be held out should be, since a new "
          + "record stems from several")
    }
    for task in known { rules.know(task) }
    pool = TaskPool(seeds: seeds)
  }

  /// The tasks of all records, which new ones are compared with, those that may be shown, and whether there are sides.
  private static func read(
    _ records: RecordCollection, longest: Int
  ) throws -> (known: [String], seeds: [TaskPool.Task], isSplit: Bool) {
    var known: [String] = []
    var isSplit = false
    var seeds: [TaskPool.Task] = []
    try records.forEachStoredBatch { stored -> (task: TaskPool.Task, isSeed: Bool, side: Side?)? in
      let record = try stored.record()
      guard let exchange = Exchange(record) else { return nil }
      let task = TaskPool.Task(
        id: record.id, index: stored.index, text: AnswerText.onOneLine(exchange.instruction),
        system: exchange.system)
      let isSeed = record.mayHaveChildren && AnswerText.words(task.text) <= longest
      return (task, isSeed, record.side)
    } _: { batch in
      for case (let task, let isSeed, let side)? in batch {
        known.append(task.text)
        isSplit = isSplit || side != nil
        if isSeed { seeds.append(task) }
      }
    }
    return (known, seeds, isSplit)
  }

  // MARK: - Waves

  /// Makes tasks until there are enough, or so many prompts were asked with that it is no use.
  mutating func make() throws {
    let needed = Self.portions(stage.count)
    while count < stage.count, prompts < needed * stage.tries {
      try Interruption.check()
      let size = min(
        Self.perWave, Self.portions(stage.count - count), needed * stage.tries - prompts)
      try answer(try candidates(size))
    }
  }

  /// How many prompts ask for so many tasks.
  private static func portions(_ tasks: Int) -> Int { (tasks + perPrompt - 1) / perPrompt }

  /// A task that may become a record.
  private struct Candidate {
    let text: String
    let prompt: Int
    let host: TaskPool.Task
    let shown: [TaskPool.Task]
  }

  /// Asks for tasks; those that keep the rules, in the order of the prompts.
  private mutating func candidates(_ size: Int) throws -> [Candidate] {
    let draws = (prompts..<prompts + size).map { number in
      var random = context.random(for: "prompt \(number)")
      return (number: number, drawn: pool.draw(&random))
    }
    prompts += size
    let answers = try stage.model.answers(
      draws.map { question($0.drawn.tasks.map(\.text), number: $0.number) })
    var candidates: [Candidate] = []
    for (draw, answer) in zip(draws, answers) {
      let (host, shown) = draw.drawn
      guard let answer else {
        refuse("unfinished", host)
        continue
      }
      let tasks = TaskList.tasks(in: answer)
      if tasks.isEmpty { refuse("no-tasks", host) }
      for text in tasks where count + candidates.count < stage.count {
        if let fault = rules.fault(text, shown: host.text) {
          refuse(fault, host)
        } else {
          candidates.append(Candidate(text: text, prompt: draw.number, host: host, shown: shown))
        }
      }
    }
    return candidates
  }

  private func question(_ tasks: [String], number: Int) -> ChatQuestion {
    let text = stage.prompt.filled([
      "tasks": TaskList.text(tasks), "count": "\(Self.perPrompt)", "next": "\(tasks.count + 1)",
    ])
    return ChatQuestion(
      Conversation([Message(.user, text)]),
      seed: AnswerText.seed(context.seed, context.stage, "prompt", "\(number)"))
  }

  /// Asks for the answers of tasks, which then are records and may be shown.
  private mutating func answer(_ candidates: [Candidate]) throws {
    let answers = try stage.model.answers(
      candidates.map { candidate in
        ChatQuestion(
          Exchange.question(candidate.text, system: candidate.host.system),
          seed: AnswerText.seed(context.seed, context.stage, "answer", candidate.text))
      })
    for (candidate, answer) in zip(candidates, answers) {
      let answer = answer.map { AnswerText.trimmed($0) }
      if let fault = Self.fault(answer) {
        refuse(fault, candidate.host)
      } else {
        keep(candidate, answer: answer ?? "")
      }
    }
  }

  /// Why an answer is none.
  private static func fault(_ answer: String?) -> String? {
    guard let answer else { return "unfinished" }
    if answer.isEmpty { return "empty" }
    return Refusal.found(in: answer) == nil ? nil : "declined"
  }

  private mutating func keep(_ candidate: Candidate, answer: String) {
    let host = candidate.host
    planned[host.index, default: PlannedChildren()].add(
      .exchange(instruction: candidate.text, answer: answer),
      note: [
        "model": .string(stage.model.name), "prompt": .integer(candidate.prompt + 1),
        "shown": .array(candidate.shown.map { .string($0.id) }),
      ])
    let number = planned[host.index]?.children.count ?? 1
    pool.add(
      TaskPool.Task(
        id: "\(host.id)/\(context.childName(number))", index: host.index, text: candidate.text,
        system: host.system))
  }

  private mutating func refuse(_ reason: String, _ host: TaskPool.Task) {
    planned[host.index, default: PlannedChildren()].refuse(reason)
    refusals.add(reason)
  }
}
