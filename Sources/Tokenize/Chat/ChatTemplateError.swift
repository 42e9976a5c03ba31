/// What is wrong with a chat template, or with a conversation that it refuses.
public struct ChatTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Code: Sendable, Equatable {
    /// The template is not written as Jinja demands.
    case syntax
    /// An expression of the template cannot be computed for this conversation.
    case evaluation
    /// The template itself refuses the conversation, with `raise_exception`.
    case refused
    /// The template does not come to an end within the limits.
    case limit
  }

  /// The kind of failure.
  public let code: Code
  /// What the template is called, such as a file.
  public internal(set) var template: String
  /// The line of the template, counted from 1; 0 where none is to blame.
  public internal(set) var line: Int
  /// What is wrong, as a clause.
  public let reason: String

  init(_ code: Code, line: Int = 0, _ reason: String) {
    self.code = code
    self.line = line
    self.reason = reason
    template = "chat template"
  }

  /// Template, line and reason in one line.
  public var description: String {
    "\(template)\(line > 0 ? ", line \(line)" : ""): \(reason)"
  }
}

extension ChatTemplateError {
  /// A value that cannot be computed; the interpreter adds the line.
  static func value(_ reason: String) -> ChatTemplateError {
    ChatTemplateError(.evaluation, reason)
  }
}
