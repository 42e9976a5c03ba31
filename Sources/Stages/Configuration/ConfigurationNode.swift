/// A place in a pipeline file or on the command line.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  /// The file, or what stands for one: `--set`, `command line`.
  public var file: String
  /// Counted from 1; 0 where there is no line.
  public var line: Int
  /// Counted from 1; 0 where there is no column.
  public var column: Int

  /// A place in a file.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `FILE:LINE:COLUMN`, as editors read it.
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// A value of a configuration file with the place it was written at.
public struct ConfigurationNode: Sendable, Hashable {
  /// What is written.
  public indirect enum Value: Sendable, Hashable {
    case null
    /// A plain or quoted scalar; a quoted `none` is a word, a plain one is nothing.
    case scalar(String, quoted: Bool)
    case list([ConfigurationNode])
    case map([Entry])
  }

  /// One key of a map and its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// Where the key is written.
    public var place: Place
    /// The value.
    public var node: ConfigurationNode

    /// A key and its value.
    public init(key: String, place: Place, node: ConfigurationNode) {
      self.key = key
      self.place = place
      self.node = node
    }
  }

  /// What is written.
  public var value: Value
  /// Where it is written.
  public var place: Place
  /// The folder that a path written here resolves against.
  public var base: String

  /// A value at a place.
  public init(_ value: Value, place: Place, base: String) {
    self.value = value
    self.place = place
    self.base = base
  }

  /// The entries, if this is a map; an empty list for `null`.
  public var entries: [Entry]? {
    switch value {
    case .map(let entries): entries
    case .null: []
    default: nil
    }
  }

  /// The value under a key of a map.
  public subscript(key: String) -> ConfigurationNode? {
    entries?.first { $0.key == key }?.node
  }

  /// What a person calls this kind of value.
  public var kindName: String {
    switch value {
    case .null: "nothing"
    case .scalar(let text, _): "'\(text)'"
    case .list: "a list"
    case .map: "a map"
    }
  }
}
