import Records
public import Stages

extension Predictions {
  /// Writes `predictions.jsonl`: one line a record with what was asked, true, and predicted.
  ///
  ///     {"id", "input", "reference", "prediction", "scores": {LABEL: probability}, "loss"}
  ///     {"id", "input", "reference", "loss", "tokens", "bytes"}   language models
  ///     {…, "generated", "keywords": […], "scores": {METRIC: score}}     what they were let write
  ///
  /// - Parameter records: The records that were predicted, in their order.
  /// - Throws: `FileError`; the file appears whole or not at all.
  public func write(_ records: RecordCollection, to path: String) throws {
    let file = try AtomicFile(path)
    var place = 0
    try records.forEachBatch { batch in
      for record in batch {
        precondition(
          place < ids.count && ids[place] == record.id,
          "record \(record.id) at \(place) has no prediction")
        try file.write(JSONValue.object(line(place, record)).bytes + [UInt8(ascii: "\n")])
        place += 1
      }
    }
    try file.commit()
  }

  private func line(_ place: Int, _ record: Record) -> JSONObject {
    var line: JSONObject = ["id": .string(ids[place])]
    switch items[place] {
    case .label(let reference, let predicted, let probabilities, let loss):
      let labels = labels ?? []
      line["input"] = (try? LabelledText(record)).map { .string($0.text.joined) } ?? .null
      line["reference"] = .string(labels[reference])
      line["prediction"] = .string(labels[predicted])
      line["scores"] = .object(
        JSONObject(zip(labels, probabilities).map { ($0, JSONValue.single($1)) }))
      line["loss"] = .single(loss)
    case .text(let loss, let tokens, let bytes):
      let (input, reference) =
        written.map { (.some($0.goals[place].input), $0.goals[place].reference) }
        ?? Self.question(record)
      line["input"] = input.map { .string($0) } ?? .null
      line["reference"] = .string(reference)
      line["loss"] = .real(loss)
      line["tokens"] = .integer(tokens)
      line["bytes"] = .integer(bytes)
      written?.write(place, to: &line)
    }
    return line
  }

  /// What was asked, if anything, and the text that answers it.
  private static func question(_ record: Record) -> (input: String?, reference: String) {
    switch record.content {
    case .text(let text): (nil, text)
    case .conversation(let conversation): question(conversation)
    case .preference(let preference):
      question(Conversation(preference.prompt.messages + preference.chosen.messages))
    }
  }

  private static func question(_ conversation: Conversation) -> (String?, String) {
    let asked = conversation.messages.filter { $0.role != .assistant }
      .flatMap { [$0.content, $0.input].compactMap(\.self) }.filter { !$0.isEmpty }
    let answers = conversation.messages.filter { $0.role == .assistant }.map(\.content)
    return (asked.joined(separator: "\n"), answers.joined(separator: "\n"))
  }
}

extension WrittenTexts {
  /// Adds what was written for a record, and its scores where metrics have some of a record alone.
  fileprivate func write(_ place: Int, to line: inout JSONObject) {
    line["generated"] = .string(texts[place])
    if let keywords = goals[place].keywords {
      line["keywords"] = .array(keywords.map { .string($0) })
    }
    let own = recordScores.map { name, scores in
      (name, scores[place].isFinite ? JSONValue.real(scores[place]) : .null)
    }
    if !own.isEmpty { line["scores"] = .object(JSONObject(own)) }
    for detail in details { line[detail.key] = detail.values[place] }
  }
}
