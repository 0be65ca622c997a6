use super::command::GitError;
use super::repository::Repository;

impl Repository {
    /// The commit that `name` stands for: a branch here before a remote-tracking one before anything else.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn commit_of(&self, name: &str) -> Result<Option<String>, GitError> {
        for full in [format!("refs/heads/{name}"), format!("refs/remotes/{name}"), name.to_owned()] {
            let commit = self.verified(&format!("{full}^{{commit}}")).await?;
            if commit.is_some() {
                return Ok(commit);
            }
        }
        Ok(None)
    }

    /// The commit of a branch here; none when there is no such branch.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn branch_commit(&self, name: &str) -> Result<Option<String>, GitError> {
        self.verified(&format!("refs/heads/{name}^{{commit}}")).await
    }

    /// The branch that HEAD is on; its commit when it is on none. None before the first commit.
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn head_name(&self) -> Result<Option<String>, GitError> {
        let Some(commit) = self.verified("HEAD^{commit}").await? else { return Ok(None) };
        let branch = self.line(["symbolic-ref", "--quiet", "--short", "HEAD"]).await?;
        Ok(Some(branch.unwrap_or(commit)))
    }

    /// The branch that keeps one of the name `name` from being made: that very one, one that is a folder above it
    /// (`a` for `a/b`) or one that lies below (`a/b/c`).
    ///
    /// # Errors
    /// When git gives no answer.
    pub async fn branch_in_the_way(&self, name: &str) -> Result<Option<String>, GitError> {
        let same_or_below = format!("refs/heads/{name}");
        let listed =
            self.line(["for-each-ref", "--count=1", "--format=%(refname:lstrip=2)", same_or_below.as_str()]).await?;
        if listed.is_some() {
            return Ok(listed);
        }
        for (at, _) in name.match_indices('/') {
            let above = &name[..at];
            if self.verified(&format!("refs/heads/{above}")).await?.is_some() {
                return Ok(Some(above.to_owned()));
            }
        }
        Ok(None)
    }

    /// The object of that name; none when there is no such.
    pub(super) async fn verified(&self, name: &str) -> Result<Option<String>, GitError> {
        self.line(["rev-parse", "--verify", "--quiet", "--end-of-options", name]).await
    }

    /// The last line that git answers; none when it refuses or says nothing.
    pub(super) async fn line<const N: usize>(&self, args: [&str; N]) -> Result<Option<String>, GitError> {
        match self.git().args(args).run().await {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stdout);
                Ok(text.lines().next_back().filter(|line| !line.is_empty()).map(str::to_owned))
            }
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
