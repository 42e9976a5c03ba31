import Augment
import Records
import Stages
import TestSupport
import Testing

@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct SynonymsTests {
  /// Texts and what they become with every swappable word swapped; each word here has one synonym.
  static let table: [(String, String)] = [
    ("The doctor saw two movies.", "The physician saw two films."),
    ("He bought a car.", "He purchased an automobile."),
    ("She is buying an automobile.", "She is purchasing a car."),
    ("Students often buy movies.", "Students frequently purchase films."),
    ("The movie begins.", "The film starts."),
    ("A lawyer began to speak.", "An attorney started to speak."),
    ("They have begun a movie.", "They have started a film."),
    ("THE DOCTOR WAS BUYING A MOVIE", "THE PHYSICIAN WAS PURCHASING A FILM"),
    ("Movies, movies!  And\tmovies\r\n(movies)…", "Films, films!  And\tfilms\r\n(films)…"),
    (
      "The doctor's movie and the doctors' movies", "The physician's film and the physicians' films"
    ),
    ("It was the jolliest movie.", "It was the merriest film."),
    ("They have selected it.", "They have chosen it."), ("They selected it.", "They chose it."),
    ("It was selected.", "It was chosen."), ("Movies selected here", "Films selected here"),
    // `small cap` is an expression, and differs in the last letter alone.
    ("I have a small car.", "I have a small automobile."),
    // Words of 15 letters, 16 and more.
    ("An instrumentalist saw a movie.", "A musician saw a film."),
    ("He took diacetylmorphine.", "He took heroin."),
    ("A movie of superintendence!", "A film of supervision!"),
  ]

  @Test(arguments: table.indices)
  func `synonyms take the form, the casing and the article`(_ index: Int) throws {
    let (text, expected) = Self.table[index]
    #expect(try swapped(text) == expected)
  }

  /// What must stay, each beside a movie, which must not.
  static let kept = [
    "https://example.org/movies/doctor", "www.movies.com", "doctor@movies.org", "`buy movies`",
    "``buy `movies` ``", "{movie}", "{{ buy_movies }}", "${doctor}", "<movie>", "</movies>",
    "<code>buy movies</code>", "[MOVIE]", "\"buy movies\"", "“buy movies”", "movie_doctor",
    "movies/doctor/buy", "doctor2", "3movies", "iMovie", "DoctorWho", "e.g. x", "doctor-movie",
    "$movie$", "#movies", "@doctor", "1,000.50", "COVID-19", "AIDS", "C:\\movies\\doctor",
    "movie.mp4", "print(movie)", "&movie;", "\\(movie\\)", "电影", "Москва", "naïve", "don't",
  ]

  @Test(arguments: kept)
  func `what is no plain word stays as it is`(_ span: String) throws {
    for text in ["Buy the movie \(span) now", "\(span), said the doctor"] {
      let child = try #require(try swapped(text))
      #expect(child.contains(span))
      #expect(child != text)
    }
  }

  @Test func `pairs of one sense and another use are left alone`() throws {
    for text in [
      "The child has a large tumor.", "Use it and try again.", "What happened to the idea?",
    ] {
      #expect(try swapped(text) == nil, "\(text)")
    }
  }

  @Test func `code stays: fences, and lines that read as code`() throws {
    let code = "```\nbuy(movies)\nthe doctor\n```"
    let child = try #require(try swapped("A movie:\n\(code)\nthe doctor"))
    #expect(child == "A film:\n\(code)\nthe physician")
    let line = "movie = buy(doctor)"
    #expect(try swapped("The movie is:\n\(line)\n") == "The film is:\n\(line)\n")
    #expect(try swapped("```\nthe movie\n") == nil)
  }

  static let unchanged = [
    "", " ", "the of and", "12 34", "John saw Mary in Paris.", "I met Dr. Doctor and Movie Movie.",
    "Bill is here.", "heart attack", "He looked after it.", "你好世界", "Tell me, please!", "\u{0}",
    "The AIDS ward", "John bill", "It was red.", "I have a small cap.", "It is a good deal.",
  ]

  @Test(arguments: unchanged)
  func `names, expressions and small words stay`(_ text: String) throws {
    #expect(try swapped(text) == nil)
  }

  @Test func `a verb keeps its particle, and an infinitive its verb`() throws {
    #expect(try swapped("They purchase up the shares")?.contains("buy") != true)
    #expect(try swapped("They began to talk") == "They started to talk")
    #expect(try swapped("They choose to talk") == nil)
  }

  @Test func `the protect parameter keeps literals and patterns`() throws {
    let text = "The doctor, the Doctors and %movie one% of a movie"
    #expect(try swapped(text, ["protect": "doctor"])?.hasPrefix("The doctor, the Doctors") == true)
    #expect(try swapped(text, ["protect": "%*%"])?.contains("%movie one%") == true)
    #expect(try swapped(text)?.contains("%film one%") == true)
  }

  @Test func `the label's name stays, and so do words of the answer`() throws {
    let labelled = Record.text("A movie with a doctor", label: "movie")
    #expect(try Children(of: labelled, ["rate": "1"]).texts == ["A movie with a physician"])
    let asked = Record.instruction("Buy a movie for the doctor", output: "Doctors buy much.")
    #expect(
      try Children(of: asked, ["rate": "1"]).texts == [
        "Buy a film for the doctor", "Doctors buy much.",
      ])
    let free = try Children(of: asked, ["rate": "1", "keep-answer-words": "false"])
    #expect(free.texts == ["Purchase a film for the physician", "Doctors buy much."])
  }

  @Test func `fields say which texts change`() throws {
    var record = Record.instruction("Buy these", input: "A movie", output: "Ask a lawyer")
    record.metadata["title"] = "The movie"
    #expect(
      try Children(of: record, ["rate": "1"]).texts == ["Purchase these", "A film", "Ask a lawyer"])
    let output = try Children(
      of: record, ["rate": "1", "fields": "output", "keep-answer-words": "no"])
    #expect(output.texts == ["Buy these", "A movie", "Ask an attorney"])
    let title = try Children(of: record, ["rate": "1", "fields": "metadata.title"])
    #expect(title.records.first?.metadata["title"] == "The film")
    #expect(try Children(of: .text("x", label: "movie"), ["fields": "label"]).records.isEmpty)
  }

  @Test func `a word is swapped as ever where tens of thousands were met before`() throws {
    // No words of English, and more than are kept from one text to the next.
    let letters = Array("bcdfghjklm")
    let others = (0..<40_000).map { number in
      "zq" + String(String(number).compactMap(\.wholeNumberValue).map { letters[$0] })
    }
    let stage = try #require(try descriptor.stage(["rate": "1"]) as? any RecordStage)
    let context = StageContext(seed: 42, stage: "augment.synonyms", threads: 1)
    for before in [others.joined(separator: " ") + ". ", ""] {
      let record = Record.text(before + "Students often buy movies.")
      guard case .derive(_, let children) = try stage.outcome(of: record, context) else {
        Issue.record("the record has no child")
        continue
      }
      let expected = Record.text(before + "Students frequently purchase films.")
      #expect(children.map(\.record.content) == [expected.content])
    }
  }
}
