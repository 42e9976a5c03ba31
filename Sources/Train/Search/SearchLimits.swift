import Records
import Stages

/// A span of time as people write it: `90s`, `30m`, `1.5h`.
struct SearchTime: ParameterValue, Hashable {
  let seconds: Double

  static var typeName: String { "time such as 30m" }

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> SearchTime {
    let units: [(String, Double)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
    let (number, scale) = try Quantity.read(
      node, units, remedy: "write a number and its unit: 90s, 30m, 1.5h")
    return SearchTime(seconds: number * scale)
  }

  var encoded: JSONValue { .string("\(Quantity.text(seconds))s") }
}

/// An amount of memory as people write it: `512MB`, `8GB`, powers of ten.
struct SearchMemory: ParameterValue, Hashable {
  let bytes: Int

  static var typeName: String { "memory such as 8GB" }

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> SearchMemory {
    let units = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)]
    let (number, scale) = try Quantity.read(
      node, units, remedy: "write a number and its unit: 512MB, 8GB")
    return SearchMemory(bytes: Int(number * scale))
  }

  var encoded: JSONValue { .string("\(Quantity.text(Double(bytes) / 1e6))MB") }
}

/// A number of parameters, or a share of a model's: `200000`, `300k`, `1.5M`, `2%`.
enum SearchSize: ParameterValue, Hashable {
  case count(Int)
  case share(Double)

  static var typeName: String { "number such as 300k, or share such as 2%" }

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> SearchSize {
    let units = [("", 1), ("k", 1e3), ("M", 1e6), ("B", 1e9), ("%", 0)]
    let (number, scale) = try Quantity.read(
      node, units, remedy: "write a number such as 300k or 1.5M, or a share such as 2%")
    return scale == 0 ? .share(number / 100) : .count(Int(number * scale))
  }

  var encoded: JSONValue {
    switch self {
    case .count(let count): .string("\(count)")
    case .share(let share): .string("\(Quantity.text(share * 100))%")
    }
  }

  /// The most parameters of a model of so many.
  func most(of parameters: Int) -> Int {
    switch self {
    case .count(let count): count
    case .share(let share): Int((share * Double(parameters)).rounded(.down))
    }
  }
}

/// Numbers with units.
private enum Quantity {
  /// Reads a number above 0 and one of the units, however they are spaced and capitalised.
  static func read(
    _ node: ConfigurationNode, _ units: [(name: String, scale: Double)], remedy: String
  ) throws(Diagnostic) -> (number: Double, scale: Double) {
    let text = try String.decode(node)
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    let unit = text.dropFirst(digits.count).filter { $0 != " " }.lowercased()
    guard let number = Double(digits.filter { $0 != "_" }), number > 0,
      let found = units.first(where: { $0.name.lowercased() == unit }),
      number * max(1, found.scale) <= 1e18
    else { throw Diagnostic("'\(text)' is none", place: node.place, remedy: remedy) }
    return (number, found.scale)
  }

  /// A number without a fraction where it has none.
  static func text(_ value: Double) -> String {
    value == value.rounded() && value < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
