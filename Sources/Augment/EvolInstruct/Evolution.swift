import Records
import Stages

/// One record's instruction and what it becomes, generation by generation.
struct Evolution: Sendable {
  /// The place of the record.
  let index: Int
  let id: String
  let exchange: Exchange
  private(set) var planned = PlannedChildren()
  /// The parent's instruction, and those that were made of it.
  private var instructions: [String]
  /// Which of the instructions is evolved next, and the id of its record.
  private(set) var parent: String
  /// What is done to it in this generation, and what came of that.
  private(set) var operation: EvolOperation?
  private(set) var evolved: String?

  /// Nil for a record that has no children, or is not one question and one answer.
  init?(_ record: Record, at index: Int) {
    guard record.mayHaveChildren, let exchange = Exchange(record), exchange.isSingle else {
      return nil
    }
    self.index = index
    id = record.id
    parent = record.id
    self.exchange = exchange
    instructions = [exchange.instruction]
  }

  /// What is evolved next: the latest that came out well.
  var current: String { instructions[instructions.count - 1] }

  /// Begins a generation with an operation that depends on the seed, the stage, the record and the generation alone.
  mutating func begin(_ generation: Int, _ operations: [EvolOperation], _ context: StageContext) {
    var random = context.random(for: "\(id)/\(generation)")
    operation = operations[random.below(operations.count)]
    evolved = nil
  }

  /// Takes what the model made of the instruction, where that is no failure.
  mutating func take(_ answer: String?) {
    guard let answer else { return planned.refuse("unfinished") }
    let text = AnswerText.unquoted(AnswerText.trimmed(answer), like: current)
    if let fault = EvolRules.fault(text, after: instructions) { return planned.refuse(fault) }
    evolved = text
  }

  /// Takes the answer to the evolved instruction; both are a child, and what the next generation begins with.
  ///
  /// An instruction whose answer is none is given up, and the one before is evolved again.
  mutating func take(
    answer: String?, generation: Int, by model: String, _ context: StageContext
  ) {
    guard let evolved, let operation else { return }
    guard let answer = answer.map({ AnswerText.trimmed($0) }) else {
      return planned.refuse("unfinished")
    }
    if let fault = EvolRules.fault(answer: answer) { return planned.refuse(fault) }
    planned.add(
      .exchange(instruction: evolved, answer: answer),
      note: [
        "model": .string(model), "operation": .string(operation.rawValue),
        "generation": .integer(generation), "from": .string(parent),
      ])
    instructions.append(evolved)
    parent = "\(id)/\(context.childName(planned.children.count))"
  }
}
