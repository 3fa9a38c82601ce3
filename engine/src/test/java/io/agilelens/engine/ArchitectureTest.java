package io.agilelens.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rooms of the engine and the directions in which they may look at each other. */
class ArchitectureTest {
    private static final String ENGINE = "io.agilelens.engine";

    /** From the top of the house to its ground; imports run downward only. */
    private static final List<String> ROOMS =
            List.of(
                    "search",
                    "export",
                    "evaluate",
                    "calibrate",
                    "recipe",
                    "quant",
                    "prune",
                    "model",
                    "tokenizer",
                    "format",
                    "kernel",
                    "tensor");

    /** Errors, progress and cancellation are for every room and look at none. */
    private static final String COMMON = "task";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ENGINE);

    @Test
    void importsRunDownwardOnly() {
        for (int room = 0; room < ROOMS.size(); room++) {
            List<String> above = new ArrayList<>();
            ROOMS.subList(0, room).forEach(name -> above.add(ENGINE + "." + name + ".."));
            if (!above.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(ENGINE + "." + ROOMS.get(room) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(above.toArray(String[]::new))
                        .allowEmptyShould(true)
                        .check(CLASSES);
            }
        }
    }

    @Test
    void whatEveryRoomUsesLooksAtNoRoom() {
        String[] rooms =
                ROOMS.stream().map(name -> ENGINE + "." + name + "..").toArray(String[]::new);
        noClasses()
                .that()
                .resideInAnyPackage(ENGINE, ENGINE + "." + COMMON + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms)
                .check(CLASSES);
    }

    @Test
    void everyClassStandsInAKnownRoom() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass found : CLASSES) {
            String inside = found.getPackageName().substring(ENGINE.length());
            String room = inside.isEmpty() ? "" : inside.substring(1).split("\\.")[0];
            if (!room.isEmpty() && !room.equals(COMMON) && !ROOMS.contains(room)) {
                unknown.add(found.getName());
            }
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void onlyKernelsUseTheVectorApi() {
        noClasses()
                .that(resideInAPackage(ENGINE + "..").and(outside("kernel")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoWindowAndNoConsole() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("javafx..", "java.awt..", "javax.swing..")
                .check(CLASSES);
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> outside(String room) {
        return DescribedPredicate.not(resideInAPackage(ENGINE + "." + room + ".."));
    }
}
