import Stages

/// What `anneal FAMILY.NAME --help` says of a stage.
struct StageFilterHelp {
  let descriptor: StageDescriptor
  /// What every filter takes, beside the stage's parameters.
  let own: [any AnyParameter]

  var text: String {
    var text = "OVERVIEW: \(descriptor.summary)\n\nExample: \(example)\n"
    text += "In a pipeline file: - \(descriptor.example)\n"
    if let memory = descriptor.memory { text += "Memory: \(memory).\n" }
    text += "\nUSAGE: anneal \(descriptor.name)\(descriptor.role == .source ? "" : " [FILE]")"
    text += " [--option value …]\(streams)\n\nOPTIONS:\n"
    for parameter in descriptor.writableParameters + own {
      text += "  --\(parameter.name) <\(parameter.typeName)>\n"
      text += "        \(parameter.summary) (\(parameter.defaultText))\n"
    }
    return text
  }

  /// The descriptor's example as a command: `{form: NFKC}` is `--form NFKC`.
  private var example: String {
    let body = descriptor.example.dropFirst("\(descriptor.name): {".count).dropLast()
    let options = Self.parts(of: body).map { part in
      let name = part.prefix { $0 != ":" }
      let value = part.dropFirst(name.count + 2)
      return
        " --\(name) \(Self.quoted(value.hasPrefix("\"") ? value.dropFirst().dropLast() : value))"
    }
    return "anneal \(descriptor.name)\(options.joined())\(streams)"
  }

  /// A source has no records to read.
  private var streams: String {
    descriptor.role == .source ? " > out.jsonl" : " < in.jsonl > out.jsonl"
  }

  /// The members of a map as it is written, without those of lists and maps within.
  private static func parts(of body: Substring) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var start = body.startIndex
    for place in body.indices {
      switch body[place] {
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case "," where depth == 0:
        parts.append(body[start..<place])
        start = body.index(place, offsetBy: 2)
      default: break
      }
    }
    return start < body.endIndex ? parts + [body[start...]] : parts
  }

  /// A value as a shell takes it.
  private static func quoted(_ value: Substring) -> String {
    let isPlain = value.allSatisfy { $0.isLetter || $0.isNumber || "._-/".contains($0) }
    return isPlain ? String(value) : "'\(value)'"
  }
}
