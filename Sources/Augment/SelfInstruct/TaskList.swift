/// A list of tasks as a model writes it: `Task 9: …`, `任务 9：…`, `9. …` or `9) …`, a line each.
enum TaskList {
  /// The tasks as a prompt shows them, numbered from 1.
  static func text(_ tasks: [String]) -> String {
    tasks.enumerated().map { "Task \($0 + 1): \($1)" }.joined(separator: "\n")
  }

  /// The tasks that an answer lists, each on one line; a line without a number goes on with the task before it.
  ///
  /// What stands before the first number is talk. White space is one blank, and a colon at the end goes, as in
  /// self-instruct.
  static func tasks(in answer: String) -> [String] {
    var tasks: [String] = []
    for line in answer.split(whereSeparator: \.isNewline) {
      if let text = numbered(line) {
        tasks.append(String(text))
      } else if !tasks.isEmpty {
        tasks[tasks.count - 1] += " \(line)"
      }
    }
    return tasks.map { task in
      var text = AnswerText.onOneLine(task)
      while text.hasSuffix(":") || text.hasSuffix("**") {
        text.removeLast(text.hasSuffix(":") ? 1 : 2)
      }
      return AnswerText.trimmed(text)
    }.filter { !$0.isEmpty }
  }

  /// What stands behind a line's number; nil where it has none.
  ///
  /// Models set the number in bold letters now and then: `**Task 9:** …`.
  private static func numbered(_ line: Substring) -> Substring? {
    var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "*" || $0 == "#" || $0 == "-" }
    let name = ["task", "任务"].first { rest.lowercased().hasPrefix($0) }
    rest = rest.dropFirst(name?.count ?? 0).drop { $0 == " " }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.count <= 4 else { return nil }
    rest = rest.dropFirst(digits.count).drop { $0 == "*" }
    guard let mark = rest.first, ":.)：．、）".contains(mark) else { return nil }
    let text = rest.dropFirst().drop { $0 == "*" }
    // `3.5 million people` begins no task; behind a wide mark there is no blank.
    let isTask = name != nil || !mark.isASCII || text.isEmpty || text.first?.isWhitespace == true
    return isTask ? text : nil
  }
}
