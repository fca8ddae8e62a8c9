"""The page's code in other languages, run by a small program around it.

Each program reads cases from standard input, one a line, its fields in base64 with
blanks between, and prints `true` or `false` for each:

    ours SECRET WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE BODY NOW
    ingrams SECRET SIGNATURE EVENT-ID
"""

import base64
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import blocks

PAGE = "docs/notifications.md"


@dataclass(frozen=True, slots=True)
class Language:
    """How the code of one language is run.

    Attributes:
        fence: what stands behind the page's backticks.
        tools: the commands that must be there.
        package: what to install where they are not.
        start: writes the program into a folder; answers the commands to run, the
            last with the cases.
    """

    fence: str
    tools: tuple[str, ...]
    package: str
    start: Callable[[Path, str], list[list[str]]]

    @property
    def missing(self) -> str:
        """Why it cannot be run here, "" when it can."""
        gone = [tool for tool in self.tools if shutil.which(tool) is None]
        what = f"{', '.join(gone)} is not on this machine; install {self.package}"
        return what if gone else ""

    def answers(
        self, folder: Path, cases: Sequence[Sequence[str | bytes]]
    ) -> list[bool]:
        """What the page's code decides in each case."""
        *before, last = self.start(folder, blocks(PAGE, self.fence)[0])
        for command in before:
            subprocess.run(command, cwd=folder, check=True, timeout=60)
        lines = "\n".join(" ".join(map(_field, case)) for case in cases)
        done = subprocess.run(
            last,
            input=lines.encode(),
            cwd=folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return [word == "true" for word in done.stdout.decode().split()]


def _field(value: str | bytes) -> str:
    return base64.b64encode(
        value.encode() if isinstance(value, str) else value
    ).decode()


_NODE = """
const lines = require("node:fs").readFileSync(0, "utf8").split("\\n");
for (const line of lines) {
  const bytes = line.split(" ").map((one) => Buffer.from(one, "base64"));
  const [kind, secret, ...rest] = bytes.map(String);
  if (kind === "ingrams") { console.log(isIngrams(secret, ...rest)); continue; }
  const [id, sent, given, , now] = rest;
  const headers = {
    "webhook-id": id, "webhook-timestamp": sent, "webhook-signature": given,
  };
  console.log(isOurs(secret, headers, bytes[5], Number(now)));
}
"""
_JAVA = """
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Scanner;

class Cases {
    public static void main(String[] none) throws Exception {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            byte[][] bytes = Arrays.stream(lines.nextLine().split(" ", -1))
                    .map(Base64.getDecoder()::decode).toArray(byte[][]::new);
            String[] part = Arrays.stream(bytes)
                    .map(one -> new String(one, StandardCharsets.UTF_8))
                    .toArray(String[]::new);
            System.out.println(part[0].equals("ingrams")
                    ? Signatures.isIngrams(part[1], part[2], part[3])
                    : Signatures.isOurs(part[1], Map.of("webhook-id", part[2],
                            "webhook-timestamp", part[3], "webhook-signature", part[4]),
                            bytes[5], Long.parseLong(part[6])));
        }
    }
}
"""
_PHP = """
foreach (file("php://stdin", FILE_IGNORE_NEW_LINES) as $line) {
    $part = array_map("base64_decode", explode(" ", $line));
    $headers = [
        "webhook-id" => $part[2],
        "webhook-timestamp" => $part[3],
        "webhook-signature" => $part[4] ?? "",
    ];
    $right = $part[0] === "ingrams"
        ? is_ingrams($part[1], $part[2], $part[3])
        : is_ours($part[1], $headers, $part[5], (int) $part[6]);
    echo $right ? "true\\n" : "false\\n";
}
"""
_GO = """package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"receiver/receiver"
	"strconv"
	"strings"
	"time"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		part := []string{}
		for _, field := range strings.Split(lines.Text(), " ") {
			bytes, _ := base64.StdEncoding.DecodeString(field)
			part = append(part, string(bytes))
		}
		if part[0] == "ingrams" {
			fmt.Println(receiver.IsIngrams(part[1], part[2], part[3]))
			continue
		}
		headers := http.Header{}
		headers.Set("Webhook-Id", part[2])
		headers.Set("Webhook-Timestamp", part[3])
		headers.Set("Webhook-Signature", part[4])
		now, _ := strconv.ParseInt(part[6], 10, 64)
		at := time.Unix(now, 0)
		fmt.Println(receiver.IsOurs(part[1], headers, []byte(part[5]), at))
	}
}
"""


def _node(folder: Path, code: str) -> list[list[str]]:
    (folder / "cases.cjs").write_text(code + _NODE)
    return [["node", "cases.cjs"]]


def _java(folder: Path, code: str) -> list[list[str]]:
    (folder / "Signatures.java").write_text(code)
    (folder / "Cases.java").write_text(_JAVA)
    return [["javac", "Signatures.java", "Cases.java"], ["java", "-cp", ".", "Cases"]]


def _php(folder: Path, code: str) -> list[list[str]]:
    (folder / "cases.php").write_text(code + _PHP)
    return [["php", "cases.php"]]


def _go(folder: Path, code: str) -> list[list[str]]:
    (folder / "receiver").mkdir()
    (folder / "receiver" / "receiver.go").write_text(code)
    (folder / "cases.go").write_text(_GO)
    (folder / "go.mod").write_text("module receiver\n\ngo 1.19\n")
    return [["go", "build", "-o", "cases", "."], ["./cases"]]


LANGUAGES = (
    Language("javascript", ("node",), "Node.js 18", _node),
    Language("java", ("javac", "java"), "a JDK 17", _java),
    Language("php", ("php",), "PHP 8", _php),
    Language("go", ("go",), "Go 1.19", _go),
)
