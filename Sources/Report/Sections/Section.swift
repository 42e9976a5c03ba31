/// One part of the page, with its place in the list of contents.
struct Section {
  let id: String
  let title: String
  /// What the list of contents calls it.
  let shortTitle: String
  /// One or two sentences that say how to read it.
  let lead: String?
  let body: [Node]

  init(
    id: String, title: String, shortTitle: String? = nil, lead: String? = nil,
    @NodeBuilder body: () -> [Node]
  ) {
    self.id = id
    self.title = title
    self.shortTitle = shortTitle ?? title
    self.lead = lead
    self.body = body()
  }

  var node: Node {
    tag("section", ["id": id, "aria-labelledby": "\(id)-title"]) {
      tag("h2", ["id": "\(id)-title"]) { title }
      lead.map { text in tag("p", ["class": "lead"]) { text } }
      body
    }
  }
}

/// A chart with its heading above and its legend below.
func figure(title: String, chart: Node, legend: [(color: Int, name: String, value: String)]) -> Node
{
  tag("figure") {
    tag("h3") { title }
    chart
    tag("figcaption") {
      for entry in legend {
        tag("span", ["class": "key"]) {
          swatch(color: entry.color)
          entry.name
          if !entry.value.isEmpty { tag("b") { entry.value } }
        }
      }
    }
  }
}

func facts(_ pairs: [(name: String, value: Node)]) -> Node {
  tag("dl", ["class": "facts"]) {
    for pair in pairs {
      tag("div") {
        tag("dt") { pair.name }
        tag("dd") { pair.value }
      }
    }
  }
}

/// A word in a coloured capsule.
func badge(_ text: String, kind: String) -> Node {
  tag("span", ["class": "badge \(kind)"]) { text }
}
