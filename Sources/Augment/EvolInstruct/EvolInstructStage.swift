import Records
import Stages

/// Derives harder or rarer instructions from those of records, and asks for their answers: Evol-Instruct.
///
/// Source: WizardLM, Xu et al. 2023, arXiv 2304.12244.
///
/// In each generation one operation, drawn for the record, is done to the latest instruction that came out well.
/// Where it fails, the next generation tries another on the same instruction.
struct EvolInstructStage: ChatStage {
  let model: any ChatModel
  let depth: StagePrompt
  let breadth: StagePrompt
  let generations: Int
  let operations: [EvolOperation]

  var announcement: String { "augment.evol-instruct: by \(model.name)" }

  func identity() throws(StageError) -> JSONValue? {
    ["chat": model.identity, "prompts": [.string(depth.text), .string(breadth.text)]]
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> PlannedLines {
    var plan = try PlannedLines(records: records.count, context)
    try records.forEachStoredBatch {
      Evolution(try $0.record(), at: $0.index)
    } _: { batch in
      var evolutions = batch.compactMap { $0 }
      for generation in 1...generations {
        try Interruption.check()
        try evolve(&evolutions, generation, context)
        try answer(&evolutions, generation, context)
      }
      for evolution in evolutions { try evolution.planned.write(to: &plan, at: evolution.index) }
    }
    return plan
  }

  /// Asks for each instruction's next form.
  private func evolve(
    _ evolutions: inout [Evolution], _ generation: Int, _ context: StageContext
  ) throws {
    for place in evolutions.indices { evolutions[place].begin(generation, operations, context) }
    let answers = try model.answers(
      evolutions.map { evolution in
        let method = evolution.operation?.method
        let text =
          method.map { depth.filled(["instruction": evolution.current, "method": $0]) }
          ?? breadth.filled(["instruction": evolution.current])
        return ChatQuestion(
          Conversation([Message(.user, text)]), seed: seed("evolve", evolution, generation, context)
        )
      })
    for (place, answer) in answers.enumerated() { evolutions[place].take(answer) }
  }

  /// Asks for the answers to the instructions that came out well.
  private func answer(
    _ evolutions: inout [Evolution], _ generation: Int, _ context: StageContext
  ) throws {
    let places = evolutions.indices.filter { evolutions[$0].evolved != nil }
    let answers = try model.answers(
      places.map { place in
        let evolution = evolutions[place]
        return ChatQuestion(
          Exchange.question(evolution.evolved ?? "", system: evolution.exchange.system),
          seed: seed("answer", evolution, generation, context))
      })
    for (place, answer) in zip(places, answers) {
      evolutions[place].take(answer: answer, generation: generation, by: model.name, context)
    }
  }

  private func seed(
    _ purpose: String, _ evolution: Evolution, _ generation: Int, _ context: StageContext
  ) -> UInt64 {
    AnswerText.seed(context.seed, context.stage, purpose, evolution.id, "\(generation)")
  }
}
