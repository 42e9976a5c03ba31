import Stages
import Testing

struct FilePathsTests {
  @Test(arguments: [
    ("a/b", "a/b"), ("a//b/", "a/b"), ("./a", "a"), ("a/./b", "a/b"), ("a/../b", "b"),
    ("a/..", "."), ("", "."), (".", "."), ("../a", "../a"), ("a/../../b", "../b"),
    ("/", "/"), ("/..", "/"), ("/../a", "/a"), ("/a/../../b", "/b"), ("//a", "/a"),
    ("..", ".."), ("../..", "../.."), ("a/...", "a/..."),
  ])
  func `a path is normalized`(_ path: String, _ expected: String) {
    #expect(FilePaths.normalize(path) == expected)
    #expect(FilePaths.normalize(expected) == expected)
  }

  @Test(arguments: [
    ("/a", "b", "/a/b"), ("/a", "/b", "/b"), ("/a/b", "../c", "/a/c"), ("a", "../../c", "../c"),
    ("/a", ".", "/a"),
  ])
  func `a path is joined to a folder`(_ base: String, _ path: String, _ expected: String) {
    #expect(FilePaths.join(base, path) == expected)
  }

  @Test(arguments: [
    ("/a/b.txt", "b.txt", "/a"), ("b.txt", "b.txt", "."), ("/b", "b", "/"), ("a/b/", "b", "a/b"),
    ("/", "/", "/"),
  ])
  func `a path has a name and a folder`(_ path: String, _ name: String, _ folder: String) {
    #expect(FilePaths.name(path) == name)
    #expect(FilePaths.folder(path) == folder)
  }

  @Test func `a written path resolves against its file, an address stays as it is`() {
    #expect(PathValue("d/x", base: "/p").resolved == "/p/d/x")
    #expect(PathValue("/x", base: "/p").resolved == "/x")
    #expect(PathValue("-", base: "/p").resolved == "-")
    #expect(PathValue("hf://a/b", base: "/p").resolved == "hf://a/b")
    #expect(PathValue("~/x", base: "/p").resolved == "\(FilePaths.home)/x")
  }
}
