/// A piece of a page: text, an element, or several pieces in a row.
///
/// Data can only enter as text or as an attribute's value, and both are escaped when written;
/// names of elements and attributes are literals of this program. So no input can add markup.
package indirect enum Node: Sendable, ExpressibleByStringInterpolation {
  /// Text, escaped when written.
  case text(String)
  /// An element with its attributes and children.
  case element(StaticString, Attributes, [Node])
  /// Pieces in a row.
  case fragment([Node])
  /// The page's own style sheet, written as it stands.
  case style(StaticString)

  package init(stringLiteral value: String) { self = .text(value) }
}

/// Attributes of an element in order; those whose value is nil are left out.
package struct Attributes: Sendable, ExpressibleByDictionaryLiteral {
  let list: [(name: StaticString, value: String)]

  package init(dictionaryLiteral elements: (StaticString, String?)...) {
    list = elements.compactMap { name, value in value.map { (name, $0) } }
  }

  private init(list: [(name: StaticString, value: String)]) { self.list = list }

  /// These attributes and more after them.
  package func adding(_ more: Attributes) -> Attributes { Attributes(list: list + more.list) }
}

/// Collects the children of an element from statements.
@resultBuilder
package enum NodeBuilder {
  package static func buildExpression(_ node: Node) -> [Node] { [node] }
  package static func buildExpression(_ text: String) -> [Node] { [.text(text)] }
  package static func buildExpression(_ node: Node?) -> [Node] { node.map { [$0] } ?? [] }
  package static func buildExpression(_ nodes: [Node]) -> [Node] { nodes }
  package static func buildBlock(_ parts: [Node]...) -> [Node] { Array(parts.joined()) }
  package static func buildOptional(_ part: [Node]?) -> [Node] { part ?? [] }
  package static func buildEither(first part: [Node]) -> [Node] { part }
  package static func buildEither(second part: [Node]) -> [Node] { part }
  package static func buildArray(_ parts: [[Node]]) -> [Node] { Array(parts.joined()) }
}

/// An element: `tag("p", ["class": "note"]) { "text" }`.
package func tag(
  _ name: StaticString, _ attributes: Attributes = [:],
  @NodeBuilder _ children: () -> [Node] = { [] }
) -> Node {
  .element(name, attributes, children())
}
