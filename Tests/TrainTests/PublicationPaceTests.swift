import Testing
import Train

/// How often a run under way is written down.
struct PublicationPaceTests {
  private let start = ContinuousClock.now

  @Test func `nothing is written in the first two seconds`() {
    let pace = PublicationPace(from: start)
    #expect(!pace.isDue(at: start + .seconds(1.9)))
    #expect(pace.isDue(at: start + .seconds(2)))
  }

  @Test(arguments: [(0.0, 2.0), (0.1, 2.0), (0.5, 10.0), (3.0, 60.0)])
  func `the pause behind it is twenty times its cost, and two seconds at least`(
    cost: Double, pause: Double
  ) {
    var pace = PublicationPace(from: start)
    let end = start + .seconds(7 + cost)
    pace.note(from: start + .seconds(7), to: end)
    #expect(!pace.isDue(at: end + .seconds(pause - 0.01)))
    #expect(pace.isDue(at: end + .seconds(pause + 0.01)))
  }
}
