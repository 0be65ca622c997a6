//! Agents and their profiles.

use boardcast_shared::{Agent, AgentProfile};

use crate::api::description::Operation;
use crate::api::{agents, profiles};

pub(crate) fn list(operation: Operation) -> Operation {
    operation.summary("All agents").answers::<agents::Agents>(200, "The agents").reads()
}

pub(crate) fn create(operation: Operation) -> Operation {
    operation
        .summary("Registers an agent")
        .body::<agents::Create>()
        .answers::<Agent>(201, "The agent")
        .writes()
        .refuses(&["agent_exists"])
}

pub(crate) fn change(operation: Operation) -> Operation {
    operation
        .summary("Changes an agent; what is left out stays")
        .body::<agents::Change>()
        .answers::<Agent>(200, "The agent")
        .writes()
}

pub(crate) fn remove(operation: Operation) -> Operation {
    operation
        .summary("Forgets an agent that nothing needs")
        .answers_nothing("It is gone")
        .writes()
        .refuses(&["agent_in_use"])
}

pub(crate) fn list_profiles(operation: Operation) -> Operation {
    operation.summary("All profiles").answers::<profiles::Profiles>(200, "The profiles").reads()
}

pub(crate) fn create_profile(operation: Operation) -> Operation {
    operation
        .summary("Makes a profile: an agent with a way to work")
        .body::<profiles::Create>()
        .answers::<AgentProfile>(201, "The profile")
        .writes()
        .refuses(&["unknown_agent"])
}

pub(crate) fn change_profile(operation: Operation) -> Operation {
    operation
        .summary("Changes a profile; what is left out stays")
        .body::<profiles::Change>()
        .answers::<AgentProfile>(200, "The profile")
        .writes()
        .refuses(&["unknown_agent"])
}

pub(crate) fn remove_profile(operation: Operation) -> Operation {
    operation.summary("Deletes a profile").answers_nothing("It is gone").writes()
}
