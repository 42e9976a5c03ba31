import Records
import Stages

extension Record {
  /// Whether children may be made of it: children of children would drift away, and evaluation sides hold
  /// originals only.
  var mayHaveChildren: Bool { augmentedBy == nil && side ?? .train == .train }

  /// The texts that selectors name, each once, however many name it; never the label.
  func changeableTexts(_ selectors: [Selector]) -> [Field] {
    if selectors.count == 1 {
      let texts = fields(selectors[0])
      if texts.count == 1, texts[0].path != "label" { return texts }
    }
    let texts = selectors.flatMap { fields($0) }.filter { $0.path != "label" }
    if texts.count < 2 { return texts }
    var paths: Set<String> = []
    return texts.filter { paths.insert($0.path).inserted }
  }

  /// The label's name, which stays wherever it stands: a class is called what it is called.
  var labelNames: [String] { label?.value.string.map { [$0] } ?? [] }

  /// Changes the text at a place, as `Field` names it.
  mutating func changeText(at path: String, _ change: (String) -> String) {
    let selector = path.hasPrefix("metadata.") ? Selector(path) ?? .all : .all
    mapFields(selector) { $0 == path ? change($1) : $1 }
  }

  /// The child that says what a changed copy of the record says, by its number from 1.
  func child(_ number: Int, like changed: Record, _ context: StageContext) -> Record {
    var child = child(context.childName(number), content: changed.content)
    child.metadata = changed.metadata
    child.augmentedBy = context.stage
    return child
  }

  /// The child with other texts in places of the record's own, by its number from 1.
  func child(
    _ number: Int, texts: [(path: String, text: String)], _ context: StageContext
  ) -> Record {
    var changed = self
    for (path, text) in texts { changed.changeText(at: path) { _ in text } }
    return child(number, like: changed, context)
  }
}
