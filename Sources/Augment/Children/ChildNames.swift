import Stages

extension StageContext {
  /// What a stage's child is called behind its parent's id, by its number from 1.
  ///
  /// A second stage of a kind is `augment.synonyms#2`, and so are its children's names.
  func childName(_ number: Int) -> String {
    let dot = stage.utf8.lastIndex(of: UInt8(ascii: "."))
    let name = dot.map { stage[stage.utf8.index(after: $0)...] } ?? stage[...]
    return "\(name.isEmpty ? "child" : name).\(number)"
  }
}
