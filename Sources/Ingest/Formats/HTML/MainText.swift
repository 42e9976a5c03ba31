import TextKit

/// Finds the text that a page is for, without menus, teasers, comments and advertisements.
///
/// Paragraphs give points to the boxes around them, more for length and commas, fewer for links; the
/// box with the most is the article. What elements, classes and roles name as boilerplate is left out
/// before, lists of links and lines such as "Read more" after.
/// Sources: Arc90's Readability (2009) for points; Kohlschütter, Fankhauser and Nejdl, "Boilerplate
/// Detection using Shallow Text Features" (2010) for text and link density; Barbaresi,
/// "Trafilatura" (2021) for names of classes.
struct MainText {
  let tree: HTMLTree
  var measures: PageMeasures
  /// The nodes left out.
  private(set) var excluded: [Bool]
  /// Texts with fewer bytes are taken for a failure where the page has far more.
  static let least = 250

  /// The main text; nil where the page has none that stands out.
  static func text(of tree: HTMLTree) -> String? {
    let all = PageMeasures.lengths(of: tree)
    // Some sites name the box of the article after what stands beside it.
    for trustsNames in [true, false] {
      var main = MainText(tree, lengths: all, trustsNames: trustsNames)
      guard let text = main.text() else { continue }
      if text.utf8.count >= least || all[0] < 2 * least { return text }
    }
    return nil
  }

  private init(_ tree: HTMLTree, lengths: [Int], trustsNames: Bool) {
    self.tree = tree
    excluded = PageExclusion.excluded(of: tree, lengths: lengths, trustsNames: trustsNames)
    measures = PageMeasures(tree, excluded: excluded)
  }

  private mutating func text() -> String? {
    let scores = BoxScores(tree, measures, excluded: excluded)
    guard let top = scores.best() else { return nil }
    excluded = PagePruning.pruned(tree, measures, below: top, excluded)
    let excluded = excluded
    return HTMLText.text(of: tree, below: top) { excluded[$0] }
  }
}
