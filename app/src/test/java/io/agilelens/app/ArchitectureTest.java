package io.agilelens.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Directions between and inside the modules. */
@AnalyzeClasses(
        packages = "io.agilelens",
        importOptions = {
            ImportOption.DoNotIncludeTests.class,
            ArchitectureTest.DoNotIncludeTestJars.class
        })
class ArchitectureTest {

    /** Tests of other modules are jars once those are packaged. */
    public static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule VIEWS_KNOW_NO_APP =
            noClasses()
                    .that()
                    .resideInAPackage("io.agilelens.views..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.agilelens.app..")
                    .because("a view can be shown in any window");

    @ArchTest
    static final ArchRule ENGINE_STANDS_ALONE =
            noClasses()
                    .that()
                    .resideInAPackage("io.agilelens.engine..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.agilelens.views..", "io.agilelens.app..", "javafx..")
                    .because("it computes and shows nothing");

    @ArchTest
    static final ArchRule COMMANDS_NEED_NO_SCREEN =
            noClasses()
                    .that()
                    .resideInAPackage("io.agilelens.app.command..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("javafx..", "io.agilelens.views..")
                    .because("the launcher starts them without JavaFX");

    @ArchTest
    static final ArchRule NOBODY_PRINTS_PAST_THE_COMMANDS =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.agilelens.app.command..")
                    .should()
                    .accessField(System.class, "out")
                    .because("standard output belongs to a command's result");
}
