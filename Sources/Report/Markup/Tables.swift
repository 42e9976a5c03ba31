/// One column of a table: its heading and how its cells stand.
struct Column {
  /// How the cells of a column are aligned.
  enum Alignment: String {
    /// Words.
    case text
    /// Numbers, right-aligned with digits of one width.
    case number
    /// Words that a narrow screen can do without.
    case aside
  }

  let heading: String
  let alignment: Alignment

  static func text(_ heading: String) -> Column { Column(heading: heading, alignment: .text) }
  static func aside(_ heading: String) -> Column { Column(heading: heading, alignment: .aside) }
  static func number(_ heading: String) -> Column { Column(heading: heading, alignment: .number) }
}

/// One row: the first cell heads the row.
struct Row {
  let cells: [Node]
  let cssClass: String?

  init(_ cells: [Node], cssClass: String? = nil) {
    self.cells = cells
    self.cssClass = cssClass
  }
}

/// A table with a caption for screen readers and headings for its columns and rows.
///
/// It scrolls sideways inside its own box where the page is narrower than it.
func table(caption: String, columns: [Column], rows: [Row], footer: Row? = nil) -> Node {
  scrollBox(label: caption) {
    tag("table") {
      tag("caption") { caption }
      tag("thead") {
        tag("tr") {
          for column in columns {
            tag("th", ["scope": "col", "class": column.alignment.rawValue]) { column.heading }
          }
        }
      }
      tag("tbody") { rows.map { tableRow($0, columns: columns) } }
      footer.map { row in tag("tfoot") { tableRow(row, columns: columns) } }
    }
  }
}

/// A box that scrolls sideways and can be reached with the keyboard.
func scrollBox(label: String, @NodeBuilder _ content: () -> [Node]) -> Node {
  .element(
    "div", ["class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"], content())
}

private func tableRow(_ row: Row, columns: [Column]) -> Node {
  tag("tr", ["class": row.cssClass]) {
    for (index, (cell, column)) in zip(row.cells, columns).enumerated() {
      if index == 0 {
        tag("th", ["scope": "row", "class": column.alignment.rawValue]) { cell }
      } else {
        tag("td", ["class": column.alignment.rawValue]) { cell }
      }
    }
  }
}
