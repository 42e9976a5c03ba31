/// One thing that is wrong with a pipeline file, a command or an input, and what to do about it.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where it is wrong, if that is known.
  public var place: Place?
  /// The key or field at fault, such as `stages[2].clean.length.min-words`.
  public var path: String
  /// What is wrong, one sentence without a full stop.
  public var message: String
  /// What to do about it: "did you mean 'min-words'?".
  public var remedy: String?

  /// A fault.
  public init(_ message: String, path: String = "", place: Place? = nil, remedy: String? = nil) {
    self.place = place
    self.path = path
    self.message = message
    self.remedy = remedy
  }

  /// `PLACE: PATH: MESSAGE; REMEDY` in one line.
  public var description: String {
    let head = [place?.description, path.isEmpty ? nil : path, message].compactMap { $0 }
    return head.joined(separator: ": ") + (remedy.map { " (\($0))" } ?? "")
  }
}

/// Everything that is wrong, shown at once.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
  /// The faults in the order of their places.
  public private(set) var list: [Diagnostic] = []

  /// No faults yet.
  public init(_ list: [Diagnostic] = []) { self.list = list }

  /// Whether nothing is wrong.
  public var isEmpty: Bool { list.isEmpty }

  /// Notes a fault.
  public mutating func add(_ diagnostic: Diagnostic) { list.append(diagnostic) }

  /// Notes faults.
  public mutating func add(_ more: Diagnostics) { list += more.list }

  /// One line a fault.
  public var description: String { list.map(\.description).joined(separator: "\n") }
}
