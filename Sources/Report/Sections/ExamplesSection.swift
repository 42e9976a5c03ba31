/// The records worth reading, the worst and the best, with filters that need no script.
func examplesSection(_ run: Run) -> Section? {
  guard let predictions = run.predictions.value, let kind = predictions.kind else { return nil }
  let shelves = predictions.shelves
  guard !shelves.isEmpty else { return nil }
  let labels = kind == .classes ? filterLabels(shelves.flatMap(\.examples)) : []
  return Section(
    id: "examples", title: "Predictions to read", shortTitle: "Predictions", lead: lead(predictions)
  ) {
    tag("div", ["class": "browser"]) {
      filters(shelves.map { ($0.shelf, $0.examples.count) }, labels)
      for (shelf, examples) in shelves {
        tag("div", ["class": "shelf \(shelf.rawValue)"]) {
          tag("h3") { shelf.title(predictions.ranking?.isLowerBetter ?? false) }
          tag("ol", ["class": "examples"]) {
            examples.map { item($0, labels: labels, ranking: predictions.ranking?.name) }
          }
        }
      }
    }
  }
}

/// How much of a text is shown, in Unicode scalars.
private let excerptLimit = 480
/// Classes that the filter lists; the style sheet has a rule for each.
private let mostLabels = 60

private func lead(_ predictions: Predictions) -> String {
  let count = Format.count(predictions.count)
  switch predictions.kind {
  case .classes:
    return "\(Format.count(predictions.mistakeCount)) of \(count) test records are wrong. "
      + "A wrong label in the data often shows among the mistakes that the model was surest of."
  case .texts:
    let name = predictions.ranking.map { MetricWords.title($0.name) } ?? "score"
    return "What the model wrote for \(count) test records, ranked by each record's \(name)."
  case .passages, nil:
    return "\(count) test records, ranked by their loss a token: how much the model was surprised."
  }
}

extension ExampleShelf {
  fileprivate func title(_ isLowerBetter: Bool) -> String {
    switch self {
    case .wrong: "Wrong, the surest first"
    case .unsure: "Undecided, the least sure first"
    case .right: "Right, the surest first"
    case .worst: "Worst, the \(isLowerBetter ? "highest" : "lowest") score first"
    case .best: "Best, the \(isLowerBetter ? "lowest" : "highest") score first"
    case .hardest: "Hardest passages"
    case .easiest: "Easiest passages"
    }
  }

  fileprivate var word: String {
    switch self {
    case .wrong: "Wrong"
    case .unsure: "Undecided"
    case .right: "Right"
    case .worst: "Worst"
    case .best: "Best"
    case .hardest: "Hardest"
    case .easiest: "Easiest"
    }
  }
}

/// The true classes of the examples, alphabetically.
private func filterLabels(_ examples: [Example]) -> [String] {
  let labels = Set(examples.map(\.reference)).sorted()
  return labels.count > 1 && labels.count <= mostLabels ? labels : []
}

private func filters(_ shelves: [(ExampleShelf, Int)], _ labels: [String]) -> Node? {
  guard shelves.count > 1 || !labels.isEmpty else { return nil }
  return tag("form", ["class": "filters", "aria-label": "Which predictions to show"]) {
    tag("fieldset") {
      tag("legend") { "Show" }
      for (index, (shelf, count)) in shelves.enumerated() {
        tag("label", ["class": "chip"]) {
          tag(
            "input",
            [
              "type": "radio", "name": "show", "value": shelf.rawValue,
              "class": "pick-\(shelf.rawValue)", "checked": index == 0 ? "checked" : nil,
            ])
          tag("span") { "\(shelf.word) \(Format.count(count))" }
        }
      }
      tag("label", ["class": "chip"]) {
        tag("input", ["type": "radio", "name": "show", "value": "all"])
        tag("span") { "All" }
      }
    }
    if !labels.isEmpty {
      tag("label", ["class": "picker"]) {
        "True class "
        tag("select", ["name": "class", "autocomplete": "off"]) {
          tag("option", ["value": ""]) { "every class" }
          labels.map { label in tag("option", ["value": label]) { Format.excerpt(label, limit: 40) }
          }
        }
      }
    }
  }
}

private func item(_ example: Example, labels: [String], ranking: String?) -> Node {
  let label = labels.firstIndex(of: example.reference).map { "k\($0 + 2)" }
  return tag("li", ["class": label]) {
    switch example.outcome {
    case .label: labelItem(example)
    case .text(let text): textItem(example, text, ranking: ranking)
    case .passage(let loss, let tokens): passageItem(example, loss, tokens)
    }
  }
}

@NodeBuilder
private func labelItem(_ example: Example) -> [Node] {
  tag("p", ["class": "verdict"]) {
    if example.isRight {
      verdict("right", "truth", example.reference, example.confidence)
    } else {
      verdict("predicted", "predicted", example.prediction ?? "", example.confidence)
      verdict("true", "truth", example.reference, example.score(example.reference))
    }
    identifier(example.id)
  }
  quotation(example.input)
}

private func verdict(_ word: String, _ kind: String, _ label: String, _ share: Double?) -> Node {
  tag("span", ["class": kind]) {
    "\(word) "
    tag("b") { tag("bdi") { Format.excerpt(label, limit: 80) } }
    share.map { share in tag("span", ["class": "num"]) { Format.percent(share) } }
  }
}

@NodeBuilder
private func textItem(_ example: Example, _ text: String, ranking: String?) -> [Node] {
  tag("p", ["class": "verdict"]) {
    for score in example.scores.prefix(6) {
      tag("span", ["class": score.name == ranking ? "key" : "key num"]) {
        MetricWords.title(score.name)
        tag("b") { Format.number(score.value) }
      }
    }
    identifier(example.id)
  }
  tag("dl", ["class": "texts"]) {
    pair("Asked", .text(Format.excerpt(example.input, limit: excerptLimit)))
    pair("Reference", .text(Format.excerpt(example.reference, limit: excerptLimit)))
    pair("Written", written(example.reference, text))
  }
}

/// What the model wrote, with the words that the reference has as well marked.
private func written(_ reference: String, _ text: String) -> Node {
  let excerpt = Format.excerpt(text, limit: excerptLimit)
  if excerpt.allSatisfy(\.isWhitespace) { return .text("(nothing)") }
  let change = TextChange(from: Format.excerpt(reference, limit: excerptLimit), to: excerpt)
  return .fragment(
    change.pieces.map { piece in
      switch piece {
      case .same(let words): tag("mark") { words }
      case .added(let words): .text(words)
      case .removed: .fragment([])
      }
    })
}

private func pair(_ name: String, _ value: Node) -> Node {
  tag("div") {
    tag("dt") { name }
    tag("dd", ["dir": "auto"]) { value }
  }
}

@NodeBuilder
private func passageItem(_ example: Example, _ loss: Double, _ tokens: Int) -> [Node] {
  tag("p", ["class": "verdict"]) {
    tag("span", ["class": "predicted"]) {
      "loss "
      tag("b") { Format.number(loss) }
      " a token"
    }
    tag("span", ["class": "truth"]) {
      "\(Format.count(tokens)) \(tokens == 1 ? "token" : "tokens")"
    }
    identifier(example.id)
  }
  quotation(example.input)
  if !example.reference.isEmpty { quotation(example.reference, kind: "answer") }
}

private func identifier(_ id: String) -> Node? {
  id.isEmpty ? nil : tag("code", ["class": "id"]) { Format.tail(id, limit: 48) }
}

private func quotation(_ text: String, kind: String = "quote") -> Node {
  tag("p", ["class": kind, "dir": "auto"]) { Format.excerpt(text, limit: excerptLimit) }
}
