/// A stream of records drawn stage by stage, top to bottom: what leaves bends away to the right,
/// what is made joins from the left.
///
/// Each stage is a picture of its own that stretches with its row, so that the words beside it stay
/// words, at any width; the pictures below one another make the stream.
struct River {
  /// What a stage does to the stream, in records.
  struct Step {
    let taken: Int
    let made: Int
    let kept: Int
    /// Whether all that leaves is represented by another record.
    let isMerged: Bool
  }

  /// Where the stream runs in one row, from 0 at the left to 100.
  private struct Course {
    /// The part of the stream that goes through.
    let through: ClosedRange<Double>
    let leaving: Double
    let joining: Double
  }

  private let steps: [Step]
  private let courses: [Course]
  private let last: ClosedRange<Double>
  private static let height = 40.0
  /// The least width that can be seen.
  private static let thinnest = 0.8

  /// Lays the stream out so that its widest place fits.
  init(_ steps: [Step]) {
    self.steps = steps
    var right = 0.0
    var raw: [(through: ClosedRange<Double>, leaving: Double, joining: Double)] = []
    var end = 0.0...0.0
    for step in steps {
      let kept = Double(step.kept)
      let through = min(Double(step.taken), max(0, kept - Double(step.made)))
      let leaving = max(0, Double(step.taken) - through)
      let left = right - Double(step.taken)
      raw.append((left...max(left, right - leaving), leaving, Double(step.made)))
      right -= leaving
      end = (right - kept)...right
    }
    let low = (raw.map { $0.through.lowerBound - $0.joining } + [end.lowerBound]).min() ?? 0
    let high = (raw.map { $0.through.upperBound + $0.leaving } + [end.upperBound]).max() ?? 1
    let scale = 72 / max(high - low, 1)
    func place(_ value: Double) -> Double { 8 + (value - low) * scale }
    courses = raw.map { course in
      Course(
        through: place(course.through.lowerBound)...place(course.through.upperBound),
        leaving: course.leaving * scale, joining: course.joining * scale)
    }
    last = place(end.lowerBound)...place(end.upperBound)
  }

  /// The picture of one step.
  func row(_ index: Int) -> Node {
    let course = courses[index]
    return Self.picture {
      Self.band("stream", course.through)
      if course.leaving > 0 {
        Self.leaving(
          from: course.through.upperBound, width: max(Self.thinnest, course.leaving),
          kind: steps[index].isMerged ? "merged" : "lost")
      }
      if course.joining > 0 {
        Self.joining(to: course.through.lowerBound, width: max(Self.thinnest, course.joining))
      }
    }
  }

  /// The stream's end, parted into shares.
  func delta(_ shares: [Double]) -> Node {
    let total = max(shares.reduce(0, +), .leastNormalMagnitude)
    let width = last.upperBound - last.lowerBound
    let gap = 4.0
    var top = last.lowerBound
    var bottom = max(0, last.lowerBound - gap * Double(shares.count - 1) / 2)
    return Self.picture {
      shares.enumerated().map { index, share -> Node in
        let part = share / total * width
        defer { (top, bottom) = (top + part, bottom + max(part, Self.thinnest) + gap) }
        return Self.shape(
          "c\(index % 4)",
          "M\(c(top)) 0L\(c(top + part)) 0C\(c(top + part)) 20 \(c(bottom + part)) 20 "
            + "\(c(bottom + max(part, Self.thinnest))) 40L\(c(bottom)) 40"
            + "C\(c(bottom)) 20 \(c(top)) 20 \(c(top)) 0Z")
      }
    }
  }

  private static func picture(@NodeBuilder _ shapes: () -> [Node]) -> Node {
    .element(
      "svg",
      [
        "class": "river", "viewBox": "0 0 100 40", "preserveAspectRatio": "none",
        "aria-hidden": "true",
      ], shapes())
  }

  private static func band(_ kind: String, _ range: ClosedRange<Double>) -> Node {
    let width = max(thinnest, range.upperBound - range.lowerBound)
    let (left, right) = (range.lowerBound, range.lowerBound + width)
    return shape(kind, "M\(c(left)) 0L\(c(right)) 0L\(c(right)) 40L\(c(left)) 40Z")
  }

  /// A ribbon from the top of the row to its right edge.
  private static func leaving(from x: Double, width: Double, kind: String) -> Node {
    let upper = 14.0
    let lower = min(height - 2, upper + max(1.6, width * 1.6))
    return shape(
      kind,
      "M\(c(x)) 0L\(c(x + width)) 0C\(c(x + width)) \(c(upper)) \(c(x + width)) \(c(upper)) "
        + "100 \(c(upper))L100 \(c(lower))C\(c(x)) \(c(lower)) \(c(x)) \(c(lower)) \(c(x)) 0Z")
  }

  /// A ribbon from the left edge to the bottom of the row.
  private static func joining(to x: Double, width: Double) -> Node {
    let lower = 26.0
    let upper = max(2, lower - max(1.6, width * 1.6))
    return shape(
      "made",
      "M0 \(c(upper))C\(c(x)) \(c(upper)) \(c(x)) \(c(upper)) \(c(x)) 40L\(c(x - width)) 40"
        + "C\(c(x - width)) \(c(lower)) \(c(x - width)) \(c(lower)) 0 \(c(lower))Z")
  }

  private static func shape(_ kind: String, _ path: String) -> Node {
    tag("path", ["class": kind, "d": path])
  }
}

private func c(_ value: Double) -> String { Format.coordinate(value) }
